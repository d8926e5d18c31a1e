import { everywhere, missingPrivileges, neededFor } from '../../applier/privileges.ts';
import { readLock } from '../../applier/lock-document.ts';
import { type Database, isServerError } from '../../database/port.ts';
import type { Plan } from '../../planner/contract.ts';
import { changeActions, readActions } from '../../planner/privileges.ts';
import { since } from '../../planner/versions.ts';
import type { ChecklistItem } from '../../state/checklist.ts';
import { describeHolder, wayToFree } from '../../state/runs.ts';
import { type Doc, docOf, int, isDoc, isList, isScalar, toNumber } from '../../state/value.ts';
import { plural } from '../../state/words.ts';
import { emptyTarget, newestTested, readLive } from '../live.ts';
import { item } from './item.ts';

interface Member {
  readonly name: string;
  readonly state: string;
  readonly isUp: boolean;
  /** Milliseconds since 1970 of its newest operation; null where it has none. */
  readonly optime: number | null;
}

function memberOf(member: Doc): Member {
  const date = member.get('optimeDate');
  return {
    name: String(member.get('name')),
    state: String(member.get('stateStr')),
    isUp: toNumber(member.get('health')) === 1,
    optime: isScalar(date) && date.type === 'date' ? Number(date.text) : null,
  };
}

/** The members of the set; null where this login may not ask (needs replSetGetStatus). */
async function membersOf(db: Database): Promise<readonly Member[] | null> {
  const reply = await db.run(docOf({ replSetGetStatus: int(1) }), { on: 'admin' }).catch((error: unknown) => {
    if (isServerError(error, 'forbidden')) return null;
    throw error;
  });
  const members = reply?.get('members');
  return reply === null ? null : (isList(members) ? members : []).filter(isDoc).map(memberOf);
}

/** Secondaries that are further behind than this cannot take over without losing sight of the newest writes for long. */
const mostLagSeconds = 10;

function lagOf(members: readonly Member[]): number | null {
  const primary = members.find(({ state }) => state === 'PRIMARY')?.optime ?? null;
  const lags = members.flatMap(({ state, optime }) =>
    state === 'SECONDARY' && optime !== null && primary !== null ? [Math.max(0, primary - optime) / 1000] : [],
  );
  return lags.length === 0 ? null : Math.max(...lags);
}

export function connectionItem(db: Database): Promise<ChecklistItem> {
  return item('connection', 'a connection', async () => {
    const { topology, setName } = db.server;
    if (topology !== 'replicaSet')
      return { state: 'ok', message: `to a ${topology === 'mongos' ? 'mongos' : 'standalone server'}` };
    const hello = await db.run(docOf({ hello: int(1) }), { on: 'admin' });
    const primary = String(hello.get('primary') ?? '');
    const members = await membersOf(db);
    const base = [setName ?? '', plural(members?.length ?? db.server.members.length, 'member'), `primary ${primary}`];
    if (members === null) {
      const message = [...base, 'lag not asked (this takes clusterMonitor)'].join(', ');
      return { state: 'ok', message, measured: { primary, members: db.server.members.length } };
    }
    const down = members.filter(({ isUp }) => !isUp).map(({ name }) => name);
    const lag = lagOf(members);
    const said = [
      ...base,
      ...(lag === null ? [] : [`lag ${lag.toFixed(1)} s`]),
      ...(down.length === 0 ? [] : [`down: ${down.join(', ')}`]),
    ];
    const isWell = down.length === 0 && (lag ?? 0) <= mostLagSeconds;
    return {
      state: isWell ? 'ok' : 'bad',
      message: said.join(', '),
      next: isWell ? null : 'let the members come back and catch up first',
      measured: { primary, members: members.length, lagSeconds: lag, down },
    };
  });
}

export function versionItem({ server: { version } }: Database): Promise<ChecklistItem> {
  return item('version', 'buildInfo', () => {
    const measured = { version };
    if (!since(version, '4.4.0')) {
      const next = 'use MongoDB 4.4 or newer';
      return Promise.resolve({ state: 'bad', message: `MongoDB ${version}, which is not supported`, next, measured });
    }
    if (since(version, newestTested)) {
      const message = `MongoDB ${version}, newer than what this version was tested on (4.4 to 6.0)`;
      return Promise.resolve({ state: 'warning', message, measured });
    }
    return Promise.resolve({ state: 'ok', message: `MongoDB ${version}`, measured });
  });
}

export function topologyItem({ server: { topology, setName } }: Database): Promise<ChecklistItem> {
  const measured = { topology };
  return item('topology', 'hello', () => {
    switch (topology) {
      case 'replicaSet':
        return Promise.resolve({ state: 'ok', message: `replica set ${setName ?? ''}`, measured });
      case 'standalone': {
        const message = 'standalone: no transactions, so a crash may leave one batch recorded but not written';
        return Promise.resolve({ state: 'warning', message, measured });
      }
      case 'mongos': {
        const next = 'connect to the replica set itself';
        return Promise.resolve({ state: 'bad', message: 'through mongos only reading works', next, measured });
      }
      default:
        return topology satisfies never;
    }
  });
}

/**
 * Said only where there is no such database beside others: its name may be misspelt. A plan says so itself. A login that may
 * not look is told by the other items.
 */
export async function missingDatabase(db: Database): Promise<readonly ChecklistItem[]> {
  const found = await item('database', 'listCollections', async () => {
    const [hazard] = emptyTarget(db, await readLive(db));
    if (hazard === undefined) return { state: 'ok', message: 'there' };
    const next = 'check its name: --db NAME, or the path of the connection string';
    return { state: 'bad', message: hazard.message, next };
  });
  return found.state === 'bad' ? [found] : [];
}

/** With a plan what it takes; without one what reading takes, and whether changing would do. */
export function privilegesItem(db: Database, plan: Plan | null): Promise<ChecklistItem> {
  return item('privileges', 'connectionStatus', async () => {
    const operations = plan?.units.flatMap((unit) => unit.operations) ?? [];
    const needed = plan === null ? everywhere(readActions) : [...everywhere(readActions), ...neededFor(operations)];
    const missing = await missingPrivileges(db, needed);
    if (missing === null) return { state: 'ok', message: 'all: this server asks nobody who he is' };
    if (missing.length > 0) {
      const message = `missing: ${missing.join('; ')}`;
      return { state: 'bad', message, next: 'see the roles that it takes: schemactl grants', measured: { missing } };
    }
    const count = new Set(needed.map(({ action }) => action)).size;
    if (plan !== null)
      return { state: 'ok', message: `all ${count} that this plan needs`, measured: { needed: count } };
    const lacks = (await missingPrivileges(db, everywhere(changeActions))) ?? [];
    const message = lacks.length === 0 ? 'to read and to change' : 'to read; not to change (apply, rollback, purge)';
    return { state: 'ok', message, measured: { mayChange: lacks.length === 0 } };
  });
}

export function lockItem(db: Database): Promise<ChecklistItem> {
  return item('lock', `find on ${db.records.name}.schemactl_lock`, async () => {
    const lock = await readLock(db);
    if (lock?.newer === true) {
      const next = 'use the newer schemactl';
      return { state: 'bad', message: `a newer schemactl keeps its records here (format ${lock.format})`, next };
    }
    if (lock === null || lock.unlockId === null || lock.expired)
      return { state: 'ok', message: 'free', measured: { held: false } };
    const holder = describeHolder(lock);
    const next = `${lock.owner === null ? '' : 'wait for it; '}${wayToFree(lock)}`;
    return { state: 'bad', message: `held by ${holder}`, next, measured: { held: true, holder } };
  });
}
