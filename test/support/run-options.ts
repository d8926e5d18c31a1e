import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/database/port.ts';
import type { RunOptions } from '../../src/workflow/run-result.ts';

/** A run that waits for nobody and tells nobody anything. */
export function runOptions(db: Database): RunOptions {
  return {
    owner: { id: randomUUID(), host: 'test', pid: 1, user: 'test', link: null, session: db.sessionId, run: null },
    commit: null,
    leaseMs: 30_000,
    waitMs: 0,
    stepTimeoutMs: null,
    signal: new AbortController().signal,
    emit: () => undefined,
  };
}
