import type { Database } from '../database/port.ts';
import { readAll } from '../database/read.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import type { Operation } from '../planner/operation.ts';
import {
  changeActions,
  type Granted,
  isGranted,
  type Privilege,
  privilegesOf,
  readActions,
  recordActions,
} from '../planner/privileges.ts';
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

/** Copies and the trash have names that nobody knows before: what they take, it takes on the whole database. */
const isUnforeseen = ({ collection }: Privilege): boolean => /^schemactl_(new|trash)_/.test(collection);

/** `insert on shop.orders`; the collections of our records stand in one line, and last. */
function missingLines(db: Database, missing: readonly Privilege[]): readonly string[] {
  const isRecord = ({ collection }: Privilege): boolean => kept.includes(collection);
  const others = missing.filter((one) => !isRecord(one) && !isUnforeseen(one));
  const records = missing.filter(isRecord);
  const recorded = (action: string): string =>
    records.flatMap((one) => (one.action === action ? [one.collection] : [])).join(', ');
  return [
    ...others.map(({ action, collection }) =>
      collection === '' ? `${action} on database ${db.name}` : `${action} on ${db.name}.${collection}`,
    ),
    ...missing
      .filter(isUnforeseen)
      .map(({ action }) => `${action} on database ${db.name}, for copies and what is dropped have names of their own`),
    ...records.map(({ action }) => `${action} on ${db.records.name}: ${recorded(action)}`),
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
        needed.filter((privilege) => !isGranted(privilege, placeOf(db, privilege), grants)),
      ),
    ),
  ];
}

/** What these actions take on every collection. */
export const everywhere = (actions: readonly string[]): readonly Privilege[] =>
  actions.map((action) => ({ action, collection: '' }));

/** By name, where it may ask for names. */
async function namesIn(db: Database): Promise<readonly string[]> {
  const listed = await readAll(db, docOf({ listCollections: int(1), nameOnly: true })).catch(() => []);
  return listed.map((info) => String(info.get('name'))).filter((name) => !name.startsWith('system.'));
}

/**
 * What this connection lacks to read the database, in words, and for what changes it what its role would lack. Where some
 * collections are granted by name, those that are not are named; else it is said of the database. Asks the server; never throws for what it forbids.
 */
export async function missingToOpen(db: Database, purpose: 'read' | 'change'): Promise<readonly string[]> {
  const grants = await granted(db);
  if (grants === null) return [];
  const lacks = (privilege: Privilege): boolean => !isGranted(privilege, placeOf(db, privilege), grants);
  const names = await namesIn(db);
  const reading = everywhere(readActions)
    .filter(lacks)
    .flatMap((privilege) => {
      const each = names.map((collection) => ({ ...privilege, collection }));
      const without = each.filter(lacks);
      return without.length === each.length ? [privilege] : without;
    });
  const changing = purpose === 'change' ? [...everywhere(changeActions), ...own].filter(lacks) : [];
  return [...new Set(missingLines(db, [...reading, ...changing]))];
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
