import type { CollectionState } from '../../../state/types.ts';
import { docOf } from '../../../state/value.ts';
import type { ChangeOf } from '../../change.ts';
import type { Reversal } from '../../contract.ts';
import type { CommandOperation } from '../../operation.ts';
import {
  type CountedHazard,
  documentsOf,
  dropKey,
  exactly,
  type Family,
  pointer,
  type PlanContext,
} from '../family.ts';
import { plural } from '../../../state/words.ts';
import { collationQuestion } from '../indexes/terms.ts';
import { readersOf, sourcesOf, viewQuestion } from './views.ts';
import { createWhole, drop, expire, rename, trashName } from './commands.ts';

type CollectionChange = ChangeOf<'collection'>;

function toTrash(name: string, state: CollectionState, uuid: string, { database }: PlanContext) {
  const to = trashName(uuid);
  const done = { kind: 'collection-present', collection: to, uuid } as const;
  return [rename(database, name, to, done), ...expire(to, state, 'never')];
}

function fromTrash(trash: string, name: string, state: CollectionState, { database }: PlanContext) {
  const uuid = trash.slice(trashName('').length);
  const done = { kind: 'collection-present', collection: name, uuid } as const;
  return [rename(database, trash, name, done), ...expire(name, state, 'again')];
}

/** What lies in the trash may take the place of what is there now, which then goes into the trash itself. */
function lowerOne(change: CollectionChange, context: PlanContext): readonly CommandOperation[] {
  const { collection, trash, uuid, before, after } = change;
  const away = before === null || uuid === null || trash === null ? [] : toTrash(collection, before, uuid, context);
  if (after === null) return trash === null ? [drop(collection)] : away;
  if (trash === null) return createWhole(collection, after);
  return [...(before === null ? [] : away), ...fromTrash(trash, collection, after, context)];
}

/** Undoing our own creation loses only what came since, so without documents it is no hazard. */
function dropHazards(change: CollectionChange, context: PlanContext): readonly CountedHazard[] {
  if (change.before === null) return [];
  const count = documentsOf(change.collection, context.facts);
  if (change.ownWork && count === 0) return [];
  const { type } = change.before;
  if (type !== 'collection') {
    const what = type === 'view' ? 'a rollback makes it again' : `${plural(count, 'document')} go for good`;
    return [
      {
        code: 'drop-collection',
        address: change.address,
        message: `the ${nouns[type]} "${change.collection}" is dropped; ${what}`,
      },
    ];
  }
  return [
    {
      code: 'drop-collection',
      address: change.address,
      message: `${plural(count, 'document')} and every index of "${change.collection}" go into the trash, from where a rollback brings them back`,
      count,
      recount: [docOf({ $count: 'n' })],
    },
  ];
}

const nouns = { collection: 'collection', view: 'view', timeseries: 'time series' } as const;

function reversalOf({ before, after }: CollectionChange): Reversal {
  if (after === null && before?.type === 'timeseries') {
    return { kind: 'impossible', reason: 'a time series cannot be kept in the trash' };
  }
  return exactly();
}

export const collectionFamily: Family<CollectionChange> = {
  needs(change, others) {
    if (change.after !== null) return sourcesOf(change, others);
    return [
      ...others.filter((other) => other !== change && other.collection === change.collection),
      ...readersOf(change.collection, others),
    ];
  },

  questions: (change) => [
    ...viewQuestion(change),
    ...(change.after === null || change.trash !== null ? [] : collationQuestion(change.address, change.after.options)),
  ],

  review(change, context) {
    const dropped = change.before !== null;
    return {
      action: change.after === null ? 'delete' : dropped ? 'replace' : 'create',
      kind: change.after === null ? 'dropCollection' : dropped ? 'replaceCollection' : 'createCollection',
      route: null,
      before: change.before,
      after: change.after,
      hazards: dropHazards(change, context),
      violations: [],
      notes: [],
      estimate: dropped ? { documents: documentsOf(change.collection, context.facts), exact: true, bytes: 0 } : null,
      reversal: reversalOf(change),
    };
  },

  patch(change) {
    const path = pointer('collections', change.collection);
    if (change.after === null) return [{ op: 'remove', path }];
    return [{ op: change.before === null ? 'add' : 'replace', path, value: change.after }];
  },

  unitKey: (change) => (change.after === null ? dropKey(change.collection) : `create ${change.collection}`),

  lower: (changes, context) => changes.flatMap(({ change }) => lowerOne(change, context)),
};
