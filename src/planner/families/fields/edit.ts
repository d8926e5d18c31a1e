import { documentsThat, grouped, plural } from '../../../state/words.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Action, Note, Reversal } from '../../contract.ts';
import type { Operation } from '../../operation.ts';
import type { Facts } from '../../questions.ts';
import { cannotGrow } from '../../refusals.ts';
import { isPlainFill } from '../../rewrite/edits.ts';
import {
  type CountedHazard,
  creationOf,
  type Family,
  nameBytes,
  notKept,
  secondsOf,
  type PlanContext,
} from '../family.ts';
import { lostToExpiry } from '../indexes/expiry.ts';
import { refuses } from '../validators/refuses.ts';
import { changingPipeline, countId, editQuestions, editViolations, evaluating } from './counts.ts';
import { growthQuestion, growthViolations } from './growth.ts';
import { namesQuestion, undoBytesOf, writtenBytesOf } from './kept.ts';
import { heldQuestions, heldViolations, repeatedNames, repeatedNamesQuestion } from './held.ts';
import { neededEdits, passKey } from './order.ts';
import { makesWay } from './standing.ts';
import { expiryQuestions, expiryHazards } from './expiring.ts';
import { undeclaredNotes } from './undeclared.ts';
import { indexableQuestions, indexableViolations } from './unindexable.ts';
import { unkeptViolations } from './unkept.ts';

type EditChange = ChangeOf<'edit'>;

/** More documents than this in one pass is a hazard of its own. */
const largePass = 1_000_000;

export function largeRewrite(
  address: string,
  documents: number,
  recount?: CountedHazard['recount'],
): readonly CountedHazard[] {
  if (documents <= largePass) return [];
  const message = `one pass writes ${grouped(documents)} documents; the oplog and replicas must keep up`;
  const hazard = { code: 'rewrite-large', address, message, count: documents } as const;
  return [recount === undefined ? hazard : { ...hazard, recount }];
}

/** What each kind of edit is called, and what it takes from people's documents. */
const words: Readonly<Record<EditChange['action']['kind'], { readonly verb: string; readonly action: Action }>> = {
  fill: { verb: 'backfill', action: 'write' },
  compute: { verb: 'compute', action: 'write' },
  convert: { verb: 'convert', action: 'write' },
  rename: { verb: 'renameField', action: 'write' },
  remove: { verb: 'removeField', action: 'delete' },
  populate: { verb: 'populate', action: 'write' },
};

export function withoutUndo(address: string, documents: number, { undo }: PlanContext): readonly CountedHazard[] {
  if (undo || documents === 0) return [];
  const rewritten = 'rewritten and nothing is kept to take that back with';
  const message = documentsThat(documents, [`is ${rewritten}`, `are ${rewritten}`]);
  return [{ code: 'no-undo', address, message, count: documents }];
}

function hazards(change: EditChange, documents: number, context: PlanContext): readonly CountedHazard[] {
  const { address, action } = change;
  const recount = changingPipeline(change, context.changes);
  const large = [
    ...expiryHazards(change, context),
    ...largeRewrite(address, documents, recount),
    ...withoutUndo(address, documents, context),
  ];
  if (documents === 0) return large;
  const found = plural(documents, 'document');
  if (action.kind === 'remove') {
    const kept = context.undo ? 'the values are kept for a rollback' : 'its values are lost';
    const message = `the field is taken out of ${found}; ${kept}`;
    return [{ code: 'drop-field', address, message, count: documents, recount }, ...large];
  }
  if (action.kind === 'convert') {
    const message = `the stored value changes its type in ${found}; code that reads the old type must be gone`;
    return [{ code: 'convert-type', address, message, count: documents, recount }, ...large];
  }
  return large;
}

/** What a link that is filled leaves empty, also where it fills nothing at all. */
export function unmatchedNotes(change: Change, facts: Facts | null): readonly Note[] {
  if (change.kind !== 'edit' || change.action.kind !== 'populate') return [];
  const { address, action } = change;
  const sums = facts?.answers.get(countId(change))?.sums;
  if (sums === undefined) return [];
  const valueless = 'one that has no value of its own to give';
  const parts: readonly (readonly [number, readonly [string, string]])[] = [
    [sums.get('ambiguous') ?? 0, ['matches several and is left alone', 'match several and are left alone']],
    [sums.get('unmatched') ?? 0, ['matches none', 'match none']],
    [sums.get('valueless') ?? 0, [`matches ${valueless}`, `match ${valueless}`]],
  ];
  const left = parts.filter(([count], at) => count > 0 && (at > 0 || action.ambiguous === 'skip'));
  if (left.length === 0) return [];
  const message = left.map(([count, what]) => documentsThat(count, what)).join(', ');
  return [{ code: 'unmatched', address, message }];
}

/** Documents that hold a name twice lose one of the two when their fields are put together anew; what expires is gone. */
function reversal(change: EditChange, context: PlanContext, undoBytes: number): Reversal {
  if (!context.undo) return notKept;
  const repeated = isPlainFill(change) ? 0 : repeatedNames(change, context);
  const lost = [
    ...(repeated === 0 ? [] : [`of ${plural(repeated, 'document')} that hold a field name twice, the second value`]),
    ...lostToExpiry(expiryHazards(change, context)),
  ];
  return lost.length === 0 ? { kind: 'exact', undoBytes } : { kind: 'lossy', lost: lost.join(', and '), undoBytes };
}

/** Documents grow no more once they are in a capped collection, so they are filled in before. */
const caps = (change: Change): boolean => change.kind === 'recreate' && change.after.options['capped'] === true;

/** Throws SchemactlError 20 for a collection that is capped, or that this plan caps. */
function assertGrows({ address, collection, held }: EditChange, changes: readonly Change[]): void {
  const anew = changes.find((other) => other.kind === 'recreate' && other.collection === collection);
  if (anew === undefined ? held.capped : caps(anew)) throw cannotGrow(address, collection, held.capped);
}

function needs(change: EditChange, others: readonly Change[]): readonly Change[] {
  const within = others.filter((other) => other.collection === change.collection);
  const join = change.action.kind === 'populate' ? creationOf(change.action.join.collection, others) : [];
  return [
    ...creationOf(change.collection, others).filter((other) => !caps(other)),
    ...join,
    ...within.filter((other) => other.kind === 'validator' && !refuses(other.after)),
    ...neededEdits(change, others),
  ];
}

export const editFamily: Family<EditChange> = {
  needs,

  follows: (change, others) =>
    others.filter((other) => other.collection === change.collection && makesWay(other, change)),

  questions: (change, context) =>
    evaluating(change, context.changes, [
      ...editQuestions(change, context.changes),
      ...heldQuestions(change, context),
      ...indexableQuestions(change, context),
      ...expiryQuestions(change, context),
      ...growthQuestion(change, context),
      ...repeatedNamesQuestion(change, context),
      ...namesQuestion(change, context),
    ]),

  review(change, context) {
    const { path, action } = change;
    const answer = context.facts?.answers.get(countId(change));
    const documents = answer?.count ?? 0;
    if (documents > 0) assertGrows(change, context.changes);
    const { verb, action: kind } = words[action.kind];
    const value = action.kind === 'fill' ? action.value : null;
    const asked = (edit: EditChange) => context.facts?.answers.get(countId(edit));
    const bytes = documents * nameBytes(path, value) + writtenBytesOf(change, context, asked);
    const undoBytes = undoBytesOf(change, context, asked);
    return {
      action: kind,
      kind: verb,
      route: null,
      before: null,
      after: { path, ...action },
      hazards: hazards(change, documents, context),
      violations: [
        ...(context.facts === null
          ? []
          : [
              ...editViolations(change, context.facts.answers),
              ...unkeptViolations(change, context.facts.answers.get(countId(change))?.sums, context.undo),
            ]),
        ...heldViolations(change, context),
        ...indexableViolations(change, context),
        ...growthViolations(change, context),
      ],
      notes: [...unmatchedNotes(change, context.facts), ...undeclaredNotes(change, answer?.sums)],
      estimate: {
        ...{ documents, exact: answer?.exact ?? false, bytes },
        ...secondsOf(change.collection, documents, context.facts),
      },
      reversal: reversal(change, context, undoBytes),
    };
  },

  patch: () => [],

  unitKey: passKey,

  lower(changes, { mode, undo }) {
    const [first] = changes;
    if (first === undefined) return [];
    const edits = changes.map(({ change, step }) => ({ step, path: change.path, action: change.action }));
    const { collection } = first.change;
    return [{ kind: 'rewrite', collection, scope: { kind: 'all' }, edits, undo, mode }] satisfies Operation[];
  },
};
