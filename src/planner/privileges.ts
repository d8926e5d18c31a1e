import { internalError } from '../errors.ts';
import { isDoc, type Value } from '../state/value.ts';
import type { CommandOperation, Operation } from './operation.ts';

/** A privilege as the server names it, on one collection or, as an empty name, on every one of the database. */
export interface Privilege {
  readonly action: string;
  readonly collection: string;
}

/** What reading takes: plan, status, history, diff, snapshot. The built-in role `read` holds it. */
export const readActions = ['find', 'listCollections', 'listIndexes'] as const;

/** What changing takes beside it, whatever is planned. */
export const changeActions = [
  'insert',
  'update',
  'remove',
  'createCollection',
  'createIndex',
  'dropIndex',
  'dropCollection',
  'collMod',
  'renameCollectionSameDB',
] as const;

/** What keeping lock, journal and undo data takes beside reading, where they are kept in another database. */
export const recordActions = ['insert', 'update', 'remove', 'createCollection'] as const;

/** Only for `recreate-collection`: documents are copied as they are, also those that the validator would refuse. */
export const copyActions = ['bypassDocumentValidation'] as const;

/** The action that a command takes (6.0: src/mongo/db/commands, seen on 6.0.5). */
const actionOfCommand: Readonly<Record<string, string>> = {
  create: 'createCollection',
  createIndexes: 'createIndex',
  dropIndexes: 'dropIndex',
  drop: 'dropCollection',
  collMod: 'collMod',
  renameCollection: 'renameCollectionSameDB',
};

/** The action that a command takes; null for what is none of the commands of a plan. */
export const actionOf = (command: string): string | null =>
  Object.hasOwn(actionOfCommand, command) ? (actionOfCommand[command] ?? null) : null;

/** A rename takes its action on the whole database. */
function ofCommand({ body }: CommandOperation): readonly Privilege[] {
  const [name, collection] = [...body][0] as readonly [string, Value];
  const action = actionOf(name);
  if (action === null) throw internalError(`no privilege is known for ${name}`);
  return [{ action, collection: name === 'renameCollection' ? '' : String(collection) }];
}

const on = (collection: string, ...actions: readonly string[]): readonly Privilege[] =>
  actions.map((action) => ({ action, collection }));

function ofOperation(operation: Operation): readonly Privilege[] {
  switch (operation.kind) {
    case 'command':
      return ofCommand(operation);
    case 'rewrite':
      return [
        ...on(operation.collection, 'find', 'update'),
        ...operation.edits.flatMap(({ action }) =>
          action.kind === 'populate' ? on(action.join.collection, 'find') : [],
        ),
      ];
    case 'assert':
      return [
        ...on(operation.collection, 'find'),
        ...(operation.otherwise === null ? [] : ofCommand(operation.otherwise)),
      ];
    case 'copy':
      return [
        ...on('', 'renameCollectionSameDB'),
        ...on(operation.from, 'find', 'collMod'),
        ...on(operation.to, 'find', 'insert', 'update', 'remove', 'createCollection', 'createIndex', 'dropCollection'),
        ...on(operation.to, ...copyActions),
      ];
    default:
      return operation satisfies never;
  }
}

/** What the operations take, each once. */
export function privilegesOf(operations: readonly Operation[]): readonly Privilege[] {
  const all = operations.flatMap(ofOperation);
  return [...new Map(all.map((one) => [`${one.action} ${one.collection}`, one])).values()];
}

/** A privilege as a connection is granted it (connectionStatus). */
export interface Granted {
  /** Of `{ db, collection }`, or `{ anyResource: true }`; others are no matter of collections. */
  readonly resource: Value | undefined;
  readonly actions: readonly Value[];
}

/** Whether one of the grants covers a privilege in a database; an empty name of a resource stands for all. */
export function isGranted(privilege: Privilege, database: string, granted: readonly Granted[]): boolean {
  return granted.some(({ resource, actions }) => {
    if (!actions.includes(privilege.action) || !isDoc(resource)) return false;
    if (resource.get('anyResource') === true) return true;
    const [db, collection] = [resource.get('db'), resource.get('collection')];
    return (db === '' || db === database) && (collection === '' || collection === privilege.collection);
  });
}
