import { docOf, int, type Value } from '../../../state/value.ts';
import type { CollectionState } from '../../../state/types.ts';
import { keepPreImages } from '../../pre-images.ts';
import { createIndexes } from '../indexes/spec.ts';
import { collectionOption } from './options.ts';
import type { CommandOperation } from '../../operation.ts';

/** Where a dropped collection lies until the undo retention ends; one place a collection, since UUIDs are not reused. */
export function trashName(uuid: string): string {
  return `schemactl_trash_${uuid}`;
}

/** The UUID of the collection that lies in this place of the trash. */
export const uuidInTrash = (trash: string): string => trash.slice(trashName('').length);

/** What is declared to be off is not sent. */
export function createBody(name: string, { options }: CollectionState): ReadonlyMap<string, Value> {
  const sent = Object.entries(options).filter(
    ([option, value]) => collectionOption(option).canonical(value) !== undefined,
  );
  return new Map<string, Value>([['create', name], ...sent]);
}

export function create(collection: string, state: CollectionState): CommandOperation {
  return {
    kind: 'command',
    on: 'database',
    body: createBody(collection, state),
    done: { kind: 'options-are', collection, options: state.options },
  };
}

/** A view or time series as it is to be, its indexes included. */
export function createWhole(collection: string, state: CollectionState): readonly CommandOperation[] {
  const indexes = Object.entries(state.indexes).map(([name, index]) => ({ name, ...index }));
  const body = createIndexes(collection, indexes);
  const build = {
    kind: 'command',
    on: 'database',
    body,
    done: { kind: 'indexes-present', collection, indexes },
  } as const;
  return [create(collection, state), ...(indexes.length === 0 ? [] : [build])];
}

export function drop(collection: string): CommandOperation {
  return {
    kind: 'command',
    on: 'database',
    body: docOf({ drop: collection }),
    done: { kind: 'collection-absent', collection },
  };
}

/** A rename keeps UUID, indexes and validator (4.4 to 6.0); views and time series cannot be renamed (166). */
export function rename(database: string, from: string, to: string, done: CommandOperation['done']): CommandOperation {
  return {
    kind: 'command',
    on: 'admin',
    body: docOf({ renameCollection: `${database}.${from}`, to: `${database}.${to}`, dropTarget: false }),
    done,
  };
}

/** Seconds after which nothing expires: 4.4 and 5.0 refuse more than have passed since 1970 (67). */
const never = int(1_500_000_000);

/** The TTL of a clustered collection, which is an option of it. */
function expireClustered(collection: string, { options }: CollectionState, how: 'never' | 'again') {
  const own = options['expireAfterSeconds'];
  if (own === undefined) return [];
  const { expireAfterSeconds: _, ...rest } = options;
  const command: CommandOperation = {
    kind: 'command',
    on: 'database',
    body: docOf({ collMod: collection, expireAfterSeconds: how === 'never' ? 'off' : own }),
    done: { kind: 'options-are', collection, options: how === 'never' ? rest : options },
  };
  return [command];
}

/** TTLs of what lies in the trash sleep, or its documents would go; awake again they are as they were. */
export function expire(
  collection: string,
  state: CollectionState,
  how: 'never' | 'again',
): readonly CommandOperation[] {
  const ofIndexes = Object.entries(state.indexes).flatMap(([name, { key, options }]): readonly CommandOperation[] => {
    const own = options['expireAfterSeconds'];
    if (own === undefined) return [];
    const seconds = how === 'never' ? never : own;
    const index = { name, key, options: { ...options, expireAfterSeconds: seconds } };
    return [
      {
        kind: 'command',
        on: 'database',
        body: docOf({ collMod: collection, index: docOf({ name, expireAfterSeconds: seconds }) }),
        done: { kind: 'indexes-present', collection, indexes: [index] },
      },
    ];
  });
  const all = [...ofIndexes, ...expireClustered(collection, state, how)];
  return all.map((command) => keepPreImages(command, state.options));
}
