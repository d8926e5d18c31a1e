import { docOf, type Value } from '../../../state/value.ts';
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

type CollectionChange = ChangeOf<'collection'>;

/** Where a dropped collection lies until the undo retention ends; one place a collection, since UUIDs are not reused. */
export function trashName(uuid: string): string {
  return `schemactl_trash_${uuid}`;
}

function create(change: CollectionChange): CommandOperation {
  return {
    kind: 'command',
    on: 'database',
    body: new Map<string, Value>([['create', change.collection], ...Object.entries(change.after?.options ?? {})]),
    done: { kind: 'collection-present', collection: change.collection, uuid: null },
  };
}

/** Views and time series cannot be renamed (166); a view's definition is all there is of it. */
function drop({ collection }: CollectionChange): CommandOperation {
  return {
    kind: 'command',
    on: 'database',
    body: docOf({ drop: collection }),
    done: { kind: 'collection-absent', collection },
  };
}

/** A rename keeps UUID, indexes and validator (4.4 to 6.0), so a drop can be taken back whole. */
function move(from: string, to: string, { database }: PlanContext, uuid: string | null): CommandOperation {
  return {
    kind: 'command',
    on: 'admin',
    body: docOf({ renameCollection: `${database}.${from}`, to: `${database}.${to}`, dropTarget: false }),
    done: { kind: 'collection-present', collection: to, uuid },
  };
}

/** What lies in the trash may take the place of what is there now, which then goes into the trash itself. */
function lowerOne(change: CollectionChange, context: PlanContext): readonly CommandOperation[] {
  const { collection, trash, uuid, before, after } = change;
  if (after === null && before?.type !== 'collection') return [drop(change)];
  if (after === null) return [move(collection, trash ?? trashName(uuid ?? ''), context, uuid)];
  if (trash === null) return [create(change)];
  if (before === null) return [move(trash, collection, context, uuid)];
  const own = trash.slice(trashName('').length);
  return [move(collection, trashName(uuid ?? ''), context, uuid), move(trash, collection, context, own)];
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
    if (change.after !== null) return [];
    return others.filter((other) => other !== change && other.collection === change.collection);
  },

  questions: () => [],

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
