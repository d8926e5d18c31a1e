import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { Operation } from '../planner/operation.ts';
import { type Granted, isGranted, type Privilege, privilegesOf, recordActions } from '../planner/privileges.ts';
import { docOf, int, isDoc, isList, type Value } from '../state/value.ts';
import { store } from './store.ts';

const kept: readonly string[] = Object.values(store);

/** What keeping lock, journal and undo data takes. */
const own: readonly Privilege[] = kept.flatMap((collection) =>
  ['find', ...recordActions].map((action) => ({ action, collection })),
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

/** The database in which a privilege is needed. */
const placeOf = (db: Database, { collection }: Privilege): string =>
  kept.includes(collection) ? db.records.name : db.name;

/** `insert on shop.orders`; what concerns our own collections is said once, and last. */
function missingLines(db: Database, missing: readonly Privilege[]): readonly string[] {
  const isOwn = ({ collection }: Privilege): boolean => collection.startsWith('schemactl_');
  const line = (privilege: Privilege): string => {
    const { action, collection } = privilege;
    const place = placeOf(db, privilege);
    if (collection === '') return `${action} on database ${place}`;
    return `${action} on ${place}.${isOwn(privilege) ? 'schemactl_*' : collection}`;
  };
  return [...missing.filter((one) => !isOwn(one)), ...missing.filter(isOwn)].map(line);
}

/** What this connection lacks of these privileges, in words; null where the server asks nobody who he is. */
export async function missingPrivileges(db: Database, needed: readonly Privilege[]): Promise<readonly string[] | null> {
  const grants = await granted(db);
  if (grants === null) return null;
  return [
    ...new Set(
      missingLines(
        db,
        needed.filter((privilege) => !isGranted(privilege, placeOf(db, privilege), grants)),
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
