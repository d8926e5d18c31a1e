import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/port.ts';
import { plural } from '../state/words.ts';
import { docOf, int, isDoc, isList, isScalar, toNumber, type Doc, type Value } from '../state/value.ts';

/** How fast documents are rewritten: as fast as they can be, so many a second, or as the server has room. */
export type Pace =
  | { readonly kind: 'full' }
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'auto' };

/** What a pass asks between two batches. */
export interface Throttle {
  /** The most documents that the next batch should take; null: as many as it likes. */
  readonly most: () => number | null;
  /** Waits after a batch where it should. Answers why, once a reason begins; null: it goes on at once, or as before. */
  readonly after: (documents: number, tookMs: number) => Promise<string | null>;
}

const full: Throttle = { most: () => null, after: () => Promise.resolve(null) };

/** Batches of a tenth of a second, so that the load is even. */
function atRate(perSecond: number, signal: AbortSignal): Throttle {
  let due = performance.now();
  let hasRested = false;
  return {
    most: () => Math.max(1, Math.round(perSecond / 10)),
    async after(documents) {
      due = Math.max(due, performance.now() - 1000) + (1000 * documents) / perSecond;
      const rest = due - performance.now();
      await pause(rest, signal);
      if (rest <= 0 || hasRested) return null;
      hasRested = true;
      return `--throttle allows ${plural(perSecond, 'document')} a second`;
    },
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  ms <= 0 ? Promise.resolve() : sleep(ms, undefined, { signal }).catch(() => undefined);

/** What the server does for others, and how far the slowest member lags behind; null where that may not be asked. */
interface Load {
  readonly operations: number;
  readonly lagMs: number;
}

const numberIn = (reply: Doc, ...path: readonly string[]): number => {
  const found = path.reduce<Value | undefined>((at, name) => (isDoc(at) ? at.get(name) : undefined), reply);
  return toNumber(found) ?? 0;
};

const dateIn = (member: Doc): number | null => {
  const date = member.get('optimeDate');
  return isScalar(date) && date.type === 'date' ? Number(date.text) : null;
};

function lagOf(status: Doc | null): number {
  const members = status?.get('members');
  const dates = (isList(members) ? members : [])
    .filter(isDoc)
    .filter((member) => ['PRIMARY', 'SECONDARY'].includes(String(member.get('stateStr'))))
    .flatMap((member) => dateIn(member) ?? []);
  return dates.length === 0 ? 0 : Math.max(...dates) - Math.min(...dates);
}

const counters = ['query', 'insert', 'update', 'delete', 'getmore', 'command'] as const;

/** Both commands need clusterMonitor; what a login may not ask, it does not know. */
async function loadOf(db: Database): Promise<Load | null> {
  const ask = (command: string): Promise<Doc | null> =>
    db.run(docOf({ [command]: int(1) }), { on: 'admin' }).catch(() => null);
  const [status, members] = await Promise.all([ask('serverStatus'), ask('replSetGetStatus')]);
  if (status === null) return null;
  const operations = counters.reduce((sum, name) => sum + numberIn(status, 'opcounters', name), 0);
  return { operations, lagMs: lagOf(members) };
}

const askEveryMs = 250;
/** Operations a second beside our own from which on others are taken to be at work. */
const busyFrom = 20;
const longestLagMs = 2000;
/** A batch waits no longer than 10 s for members that lag behind. */
const mostRests = 40;
/** Beside others a batch stays so short, and rests so many times as long as it took. */
const besideOthers = { documents: 50, rest: 4 } as const;

/**
 * Full speed on a server that does nothing else. Beside others batches are short, so that no lock and no core is held for
 * long, and the server has most of the time for itself. Where the load may not be asked, batches that take longer than
 * they did tell it.
 */
function asThereIsRoom(db: Database, signal: AbortSignal): Throttle {
  let asked = 0;
  let before: Load | null = null;
  let ownOperations = 0;
  let isBusy = false;
  let lagMs = 0;
  let fastest = Number.POSITIVE_INFINITY;

  async function look(): Promise<void> {
    const now = performance.now();
    if (now - asked < askEveryMs) return;
    const load = await loadOf(db);
    if (load !== null && before !== null) {
      const others = load.operations - before.operations - ownOperations;
      isBusy = (1000 * others) / (now - asked) > busyFrom;
    }
    lagMs = load?.lagMs ?? 0;
    before = load;
    ownOperations = 2;
    asked = now;
  }

  return {
    most: () => (isBusy ? besideOthers.documents : null),
    async after(documents, tookMs) {
      ownOperations += operationsABatch;
      const was = isBusy || lagMs > longestLagMs;
      await look();
      if (before === null && documents > 0) {
        const each = tookMs / documents;
        isBusy = each > 2 * fastest;
        fastest = Math.min(fastest * 1.01, each);
      }
      const isLagging = lagMs > longestLagMs;
      // A member that is delayed on purpose never catches up.
      for (let rests = 0; lagMs > longestLagMs && rests < mostRests && !signal.aborted; rests += 1) {
        await pause(askEveryMs, signal);
        await look();
      }
      if (isBusy) await pause(tookMs * besideOthers.rest, signal);
      if (was || !(isBusy || isLagging)) return null;
      return isLagging ? 'members lag behind' : 'others are at work';
    },
  };
}

/** Commands that a batch sends: find, update, read again, save, move the fence, commit. One that updates many counts once. */
const operationsABatch = 8;

/** How fast a run rewrites documents. */
export function throttleOf(db: Database, pace: Pace, signal: AbortSignal): Throttle {
  switch (pace.kind) {
    case 'full':
      return full;
    case 'rate':
      return atRate(pace.perSecond, signal);
    case 'auto':
      return asThereIsRoom(db, signal);
    default:
      return pace satisfies never;
  }
}
