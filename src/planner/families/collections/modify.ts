import { toNumber, type Value } from '../../../state/value.ts';
import { plural } from '../../../state/words.ts';
import type { ChangeOf } from '../../change.ts';
import type { Reversal } from '../../contract.ts';
import type { CommandOperation } from '../../operation.ts';
import type { Question } from '../../questions.ts';
import {
  type CountedHazard,
  creationOf,
  documentsOf,
  dropKey,
  exactly,
  type Family,
  isDropped,
  pointer,
  type PlanContext,
} from '../family.ts';
import { expiryHazard, expiryQuestion } from './expiry.ts';
import { overflowing } from './capped.ts';
import { sourcesOf, viewQuestion } from './views.ts';
import { allNames, collectionOption, differingCollectionOptions, isModifiable } from './options.ts';

type OptionsChange = ChangeOf<'options'>;

const changed = ({ before, after }: OptionsChange): readonly string[] =>
  differingCollectionOptions(before, after, allNames(before, after));

const numberAt = (options: OptionsChange['before'], name: string): number => toNumber(options[name]) ?? Infinity;

const shrinks = ({ before, after }: OptionsChange): boolean =>
  before['capped'] === true &&
  ['size', 'max'].some(
    (name) =>
      numberAt(after, name) < numberAt(before, name) && changed({ before, after } as OptionsChange).includes(name),
  );

const shrinkId = ({ address }: OptionsChange): string => `${address} shrink`;

function hazards(change: OptionsChange, context: PlanContext): readonly CountedHazard[] {
  const { address } = change;
  const lost = shrinks(change) ? (context.facts?.answers.get(shrinkId(change))?.count ?? 0) : 0;
  const message = `the server deletes about ${plural(lost, 'document')}, the oldest, which no longer fit, and no rollback brings them back`;
  const recount = overflowing(change.after);
  return [
    ...expiryHazard(change, context),
    ...(lost > 0 ? [{ code: 'shrink-capped', address, message, count: lost, recount } as const] : []),
  ];
}

function reversal(change: OptionsChange, context: PlanContext): Reversal {
  const { before, after } = change;
  const isEmpty = documentsOf(change.collection, context.facts) === 0;
  if (change.type === 'timeseries' && !isEmpty && !isModifiable(after, before, changed(change), context.version)) {
    return { kind: 'impossible', reason: 'the granularity of a time series with documents can only be raised' };
  }
  const [first] = hazards(change, context);
  return first === undefined
    ? exactly()
    : { kind: 'lossy', lost: 'the documents that the server deletes', undoBytes: 0 };
}

function modify(change: OptionsChange): CommandOperation {
  const { collection, after } = change;
  const names = changed(change);
  const parts = names.flatMap((name) => collectionOption(name).collMod(after[name]));
  return {
    kind: 'command',
    on: 'database',
    body: new Map<string, Value>([['collMod', collection], ...viewParts(change, names), ...parts]),
    done: { kind: 'options-are', collection, options: after },
  };
}

/** A view is always told both what it shows and how. */
function viewParts({ type, after }: OptionsChange, names: readonly string[]): readonly (readonly [string, Value])[] {
  if (type !== 'view') return [];
  return ['viewOn', 'pipeline']
    .filter((name) => !names.includes(name))
    .flatMap((name) => collectionOption(name).collMod(after[name]));
}

export const optionsFamily: Family<OptionsChange> = {
  needs: (change, others) => [...creationOf(change.collection, others), ...sourcesOf(change, others)],

  questions(change) {
    const { collection } = change;
    const ask = (id: string, pipeline: readonly Value[]): Question => ({
      id,
      collection,
      pipeline,
      mayEstimate: false,
    });
    return [
      ...viewQuestion(change),
      ...expiryQuestion(change),
      ...(shrinks(change) ? [ask(shrinkId(change), overflowing(change.after))] : []),
    ];
  },

  review(change, context) {
    return {
      action: 'update',
      kind: 'collMod',
      route: 'in-place',
      before: change.before,
      after: change.after,
      hazards: hazards(change, context),
      violations: [],
      notes: [],
      estimate: null,
      reversal: reversal(change, context),
    };
  },

  patch: ({ collection, after }) => [
    { op: 'replace', path: pointer('collections', collection, 'options'), value: after },
  ],

  unitKey: ({ collection }, others) => (isDropped(collection, others) ? dropKey(collection) : `options ${collection}`),

  lower: (changes, context) =>
    changes.flatMap(({ change }) => (isDropped(change.collection, context.changes) ? [] : [modify(change)])),
};
