import type { Database } from '../../database/port.ts';
import { docAt } from '../../database/read.ts';
import type { Plan, Step } from '../../planner/contract.ts';
import { duration, size } from '../../report/format.ts';
import { totalsOf } from '../../report/plan/totals.ts';
import type { ChecklistItem } from '../../state/checklist.ts';
import { docOf, type Doc, int, isDoc, isList, isScalar, toNumber } from '../../state/value.ts';
import { item } from './item.ts';

const numberIn = (reply: Doc, name: string): number => toNumber(reply.get(name)) ?? 0;

/** About what an entry of an index takes, for each field of its key. */
const bytesPerKey = 30;

const keysOf = (index: unknown): number => (index as { readonly key?: readonly unknown[] } | null)?.key?.length ?? 0;

/** What building the plan's indexes takes on disk, about. */
function indexBytes({ steps }: Plan): number {
  return steps
    .filter(({ change, after }) => change === 'index' && after !== null)
    .reduce((sum, { estimate, after }) => sum + (estimate?.documents ?? 0) * keysOf(after) * bytesPerKey, 0);
}

/** A copy stands beside what it is made of, which then lies in the trash: on disk, or as the documents are sent. */
async function copyBytes(db: Database, { steps }: Plan, as: 'storageSize' | 'size'): Promise<number> {
  let bytes = 0;
  for (const { collection } of steps.filter(({ change }) => change === 'recreate')) {
    bytes += numberIn(await db.run(docOf({ collStats: collection })), as);
  }
  return bytes;
}

/** Half of the room must be enough: the application goes on writing meanwhile. */
const mostShare = 0.5;

export function undoSpaceItem(db: Database, plan: Plan): Promise<ChecklistItem> {
  return item('undo space', `dbStats on ${db.name} (read)`, async () => {
    const stats = await db.run(docOf({ dbStats: int(1) }));
    const free = numberIn(stats, 'fsTotalSize') - numberIn(stats, 'fsUsedSize');
    const { undoBytes } = totalsOf(plan);
    const others = indexBytes(plan) + (await copyBytes(db, plan, 'storageSize'));
    const needed = undoBytes + others;
    const what = others === 0 ? '' : ` (${size(undoBytes)} undo data, ${size(others)} indexes and copies)`;
    const isEnough = needed <= free * mostShare;
    return {
      state: isEnough ? 'ok' : 'bad',
      message: `about ${size(needed)} needed${what}, ${size(free)} free`,
      next: isEnough ? null : 'free some space: at most half of what is free may be taken',
      measured: { neededBytes: needed, undoBytes, freeBytes: free },
    };
  });
}

/** Seconds since 1970 of the oldest or newest entry. */
async function entryTime(db: Database, direction: 1 | -1): Promise<number> {
  const find = docOf({
    find: 'oplog.rs',
    sort: docOf({ $natural: int(direction) }),
    projection: docOf({ ts: int(1) }),
    limit: int(1),
    singleBatch: true,
  });
  const batch = docAt(await db.run(find, { on: 'local' }), 'cursor').get('firstBatch');
  const [first] = isList(batch) ? batch : [];
  const ts = isDoc(first) ? first.get('ts') : undefined;
  return isScalar(ts) && ts.type === 'timestamp' ? Number(ts.text.split(':')[0]) : 0;
}

/** An oplog that has not been filled yet holds as much longer as it has room, at the pace at which it was filled. */
async function windowOf(db: Database) {
  const [oldest, newest] = [await entryTime(db, 1), await entryTime(db, -1)];
  const stats = await db.run(docOf({ collStats: 'oplog.rs' }), { on: 'local' });
  const [used, most] = [numberIn(stats, 'size'), numberIn(stats, 'maxSize')];
  const held = Math.max(0, newest - oldest);
  const isFull = used >= most * 0.9 || used === 0;
  const seconds = isFull ? held : Math.max(1, held) * (most / used);
  const filled = `${((100 * used) / most).toFixed(1)} % filled in ${duration(held)}`;
  return { seconds, bytes: most, words: isFull ? duration(held) : filled };
}

/** What an entry of the oplog takes for one document, beside what is written and kept of it (125 to 180 on 6.0.5). */
const bytesPerEntry = 200;

const writesDocuments = ({ change }: Step): boolean => ['edit', 'restore', 'recreate'].includes(change);

/** What the plan puts into the oplog, about: each document that it writes, and its undo data. */
async function oplogBytes(db: Database, plan: Plan): Promise<number> {
  const byId = new Map(plan.steps.filter(writesDocuments).map((step) => [step.id, step.estimate]));
  let bytes = totalsOf(plan).undoBytes + (await copyBytes(db, plan, 'size'));
  for (const { steps } of plan.units) {
    const estimates = steps.flatMap((id) => byId.get(id) ?? []);
    bytes += bytesPerEntry * Math.max(0, ...estimates.map(({ documents }) => documents));
    bytes += estimates.reduce((sum, estimate) => sum + estimate.bytes, 0);
  }
  return bytes;
}

export function oplogItem(db: Database, plan: Plan): Promise<ChecklistItem> {
  return item('oplog window', 'find and collStats on local.oplog.rs', async () => {
    if (db.server.topology !== 'replicaSet') return { state: 'ok', message: 'there is no oplog here' };
    const { seconds } = totalsOf(plan);
    const [window, planBytes] = [await windowOf(db), await oplogBytes(db, plan)];
    const measured = {
      ...{ windowSeconds: Math.round(window.seconds), planSeconds: seconds },
      ...{ oplogBytes: window.bytes, planBytes },
    };
    const about = window.words;
    if (!plan.steps.some(writesDocuments))
      return { state: 'ok', message: `${about}; this plan writes no documents`, measured };
    const share = `about ${size(planBytes)} of ${size(window.bytes)}`;
    if (planBytes > window.bytes * mostShare) {
      const next = 'grow the oplog (replSetResizeOplog), or apply a part at a time: --milestone, --only';
      const message = `${about}; this plan writes ${share}: members that are away meanwhile must be synced anew`;
      return { state: 'bad', message, next, measured };
    }
    if (plan.steps.some((step) => writesDocuments(step) && step.estimate === null)) {
      const next = 'plan with --check-data full';
      return { state: 'unknown', message: `${about}; how much this plan writes was not asked`, next, measured };
    }
    if (seconds === null) return { state: 'ok', message: `${about}; this plan writes ${share}`, measured };
    const isLong = window.seconds > seconds;
    return {
      state: isLong ? 'ok' : 'bad',
      message: `${about}; this plan writes for about ${duration(seconds)}, ${share}`,
      next: isLong ? null : 'use --throttle, or grow the oplog: members that fall behind further must be synced anew',
      measured,
    };
  });
}
