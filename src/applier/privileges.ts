import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { Operation } from '../planner/operation.ts';
import { type Granted, isGranted, type Privilege, privilegesOf } from '../planner/privileges.ts';
import { docOf, int, isDoc, isList, type Value } from '../state/value.ts';
import { store } from './store.ts';

/** What keeping lock, journal and undo data takes. */
const own: readonly Privilege[] = Object.values(store).flatMap((collection) =>
  ['find', 'insert', 'update', 'remove', 'createCollection'].map((action) => ({ action, collection })),
);

const listOf = (value: Value | undefined): readonly Value[] => (isList(value) ? value : []);

/** What this connection is granted; null where the server asks nobody who he is. */
async function granted(db: Database): Promise<readonly Granted[] | null> {
  const reply = await db.run(docOf({ connectionStatus: int(1), showPrivileges: true }), { on: 'admin' });
  const info = reply.get('authInfo');
  if (!isDoc(info) || listOf(info.get('authenticatedUsers')).length === 0) return null;
  return listOf(info.get('authenticatedUserPrivileges'))
    .filter(isDoc)
    .map((one) => ({ resource: one.get('resource'), actions: listOf(one.get('actions')) }));
}

/** `insert on shop.orders`; what concerns our own collections is said once. */
function missingLines(db: Database, missing: readonly Privilege[]): readonly string[] {
  const isOwn = ({ collection }: Privilege): boolean => collection.startsWith('schemactl_');
  const named = (collection: string): string =>
    collection === '' ? `database ${db.name}` : `${db.name}.${collection}`;
  const forOwn = [...new Set(missing.filter(isOwn).map(({ action }) => action))];
  return [
    ...missing.filter((one) => !isOwn(one)).map(({ action, collection }) => `${action} on ${named(collection)}`),
    ...forOwn.map((action) => `${action} on ${db.name}.schemactl_*`),
  ];
}

/** What this connection lacks of these privileges, in words; null where the server asks nobody who he is. */
export async function missingPrivileges(db: Database, needed: readonly Privilege[]): Promise<readonly string[] | null> {
  const grants = await granted(db);
  if (grants === null) return null;
  return [
    ...new Set(
      missingLines(
        db,
        needed.filter((privilege) => !isGranted(privilege, db.name, grants)),
      ),
    ),
  ];
}

/** What running these operations takes, and keeping a journal of them. */
export const neededFor = (operations: readonly Operation[]): readonly Privilege[] => [
  ...privilegesOf(operations),
  ...own,
];

/**
 * Throws SchemactlError 77 naming every privilege that the operations, and keeping a journal of them, would lack; before
 * the first write. Reads only, and needs no privilege itself.
 */
export async function assertPrivileges(db: Database, operations: readonly Operation[]): Promise<void> {
  const missing = (await missingPrivileges(db, neededFor(operations))) ?? [];
  if (missing.length === 0) return;
  throw new SchemactlError('This user may not do what this takes. Nothing was written.', {
    code: 'SCH7703',
    exitCode: exitCodes.forbidden,
    details: missing.map((line) => `missing: ${line}`),
    next: ['See the roles that it takes: schemactl grants'],
  });
}
