import { docOf, type Value } from '../../../state/value.ts';
import type { ChangeOf } from '../../change.ts';
import { anyApplies } from '../../rewrite/edits.ts';
import { cannotGrow } from '../../refusals.ts';
import { type CountedHazard, creationOf, exactly, type Family, nameBytes, undoBytesPerDocument } from '../family.ts';
import { grouped } from '../../../state/words.ts';

import { refuses } from '../validators/refuses.ts';
import { heldQuestions, heldViolations } from './held.ts';

type DefaultChange = ChangeOf<'default'>;

/** More documents than this in one pass is a hazard of its own. */
const largePass = 1_000_000;

/** Counts documents in which the field is missing and its parent, if nested, is an object. */
export function lacking(path: readonly string[]): readonly Value[] {
  return [docOf({ $match: anyApplies([{ path, from: null }]) }), docOf({ $count: 'n' })];
}

export function largeRewrite(address: string, documents: number, recount?: readonly Value[]): readonly CountedHazard[] {
  if (documents <= largePass) return [];
  const message = `one pass writes ${grouped(documents)} documents; the oplog and replicas must keep up`;
  const hazard = { code: 'rewrite-large', address, message, count: documents } as const;
  return [recount === undefined ? hazard : { ...hazard, recount }];
}

export const defaultFamily: Family<DefaultChange> = {
  needs: (change, others) => [
    ...creationOf(change.collection, others),
    ...others.filter(
      (other) => other.kind === 'validator' && other.collection === change.collection && !refuses(other.after),
    ),
  ],

  questions: (change, context) => [
    { id: change.address, collection: change.collection, pipeline: lacking(change.path), mayEstimate: true },
    ...heldQuestions(change, context),
  ],

  review(change, context) {
    const answer = context.facts?.answers.get(change.address);
    const documents = answer?.count ?? 0;
    if (change.held.capped && documents > 0) throw cannotGrow(change.address, change.collection);
    return {
      action: 'write',
      kind: 'backfill',
      route: null,
      before: null,
      after: { path: change.path, default: change.value },
      hazards: largeRewrite(change.address, documents, lacking(change.path)),
      violations: heldViolations(change, context),
      notes: [],
      estimate: { documents, exact: answer?.exact ?? false, bytes: documents * nameBytes(change.path, change.value) },
      reversal: exactly(documents * undoBytesPerDocument),
    };
  },

  patch: () => [],

  unitKey: ({ collection, milestone }) => `pass ${collection} ${milestone ?? ''}`,

  lower(changes, { mode }) {
    const [first] = changes;
    if (first === undefined) return [];
    const edits = changes.map(({ change, step }) => ({
      step,
      path: change.path,
      from: null,
      to: [change.value] as const,
      undoes: null,
    }));
    return [{ kind: 'rewrite', collection: first.change.collection, scope: { kind: 'all' }, edits, mode }];
  },
};
