import { setTimeout as sleep } from 'node:timers/promises';
import { introspectCollection } from '../../database/introspect.ts';
import type { Database } from '../../database/port.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import { duration } from '../../report/format.ts';
import { printable } from '../../state/frame.ts';
import type { RunContext } from '../run-context.ts';
import { saying, silence } from './patience.ts';

export interface Waiter extends Pick<RunContext, 'db' | 'emit' | 'signal' | 'stepTimeoutMs'> {
  /** Indexes that this run builds itself; their builds wait for no dead member. */
  readonly own: readonly string[];
}

const pollMs = 200;
/** How long a build of somebody else is waited for while a member is dead, unless --step-timeout says otherwise. */
const deadMemberMs = 600_000;

function stuck(db: Database, collection: string, names: readonly string[], waitedMs: number): SchemactlError {
  const listed = names.map(printable).join(', ');
  const order = { setIndexCommitQuorum: collection, indexNames: names, commitQuorum: 'majority' };
  return new SchemactlError(
    `The server is still building ${listed} on "${printable(collection)}" after ${duration(waitedMs / 1000)}${silence(db)}.`,
    {
      code: 'SCH1002',
      exitCode: exitCodes.failed,
      details: ['By default a build that somebody else began waits for every voting member of the set.'],
      next: [
        'Wait for it with --step-timeout 1h, or bring the member back',
        `Or let a majority be enough: db.runCommand(${JSON.stringify(order)})`,
      ],
    },
  );
}

/**
 * A build outlives the client that began it and the primary that ran it, so whoever comes after waits for it before reading
 * indexes; false where the run is interrupted first. Says what it waits for. Throws SchemactlError 1 after --step-timeout, or
 * after ten minutes of waiting for somebody else's build while a member is dead.
 */
export async function waitForBuilds(
  { db, emit, signal, stepTimeoutMs, own }: Waiter,
  collection: string,
): Promise<boolean> {
  const began = performance.now();
  let aliveAt = began;
  const what = `waiting for the server, which builds indexes on ${printable(collection)}`;
  return saying(db, emit, what, async () => {
    for (;;) {
      const found = await introspectCollection(db, collection);
      const names = (found?.building ?? []).map(({ name }) => name);
      if (names.length === 0) return true;
      if (signal.aborted) return false;
      const now = performance.now();
      if (db.silentMembers().length === 0 || names.every((name) => own.includes(name))) aliveAt = now;
      const isLate = stepTimeoutMs === null ? now - aliveAt > deadMemberMs : now - began > stepTimeoutMs;
      if (isLate) throw stuck(db, collection, names, now - began);
      await sleep(pollMs);
    }
  });
}
