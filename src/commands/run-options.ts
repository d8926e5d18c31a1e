import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { RunEvent } from '../report/events.ts';
import type { Database } from '../database/port.ts';
import type { Pace } from '../applier/throttle.ts';
import type { RunOptions } from '../workflow/run-result.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, milliseconds, usage } from './options.ts';

/** The commit that is deployed: as CI names it, else as git does, else unknown. */
async function commitOf({ env, cwd }: Io): Promise<string | null> {
  const named = env['GITHUB_SHA'] ?? env['CI_COMMIT_SHA'] ?? env['GIT_COMMIT'];
  if (named !== undefined && named !== '') return named.slice(0, 12);
  const found = await promisify(execFile)('git', ['rev-parse', '--short=12', 'HEAD'], { cwd }).catch(() => null);
  return found === null ? null : found.stdout.trim();
}

function linkOf({ env }: Io): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id, CI_JOB_URL: job } = env;
  if (server !== undefined && repository !== undefined && id !== undefined)
    return `${server}/${repository}/actions/runs/${id}`;
  return job ?? null;
}

const shortestLeaseMs = 1000;

export interface Durations {
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly stepTimeoutMs: number | null;
  readonly throttle: Pace;
}

/** `auto`, or documents a second: `500/s`. */
function paceOf({ throttle }: Flags): Pace {
  if (throttle === undefined) return { kind: 'full' };
  if (throttle === 'auto') return { kind: 'auto' };
  const perSecond = Number(/^(\d+)\/s$/.exec(throttle)?.[1] ?? 0);
  if (perSecond < 1) throw usage(`--throttle takes auto or documents a second, such as 500/s, not "${throttle}".`);
  return { kind: 'rate', perSecond };
}

/** The durations among the flags. Throws 64 for one that cannot be read, before anything is connected to. */
export function durations(flags: Flags): Durations {
  const leaseMs = milliseconds('--lock-lease', flags.lockLease ?? '30s');
  if (leaseMs < shortestLeaseMs)
    throw usage('--lock-lease takes at least 1s: the holder renews it every third of that.');
  return {
    leaseMs,
    waitMs: milliseconds('--lock-wait', flags.lockWait ?? '0s'),
    stepTimeoutMs: flags.stepTimeout === undefined ? null : milliseconds('--step-timeout', flags.stepTimeout),
    throttle: paceOf(flags),
  };
}

/** What a second Ctrl-C says as it leaves at once: until when nobody else can begin, and what then goes on. */
export const leaving = ({ leaseMs }: Pick<Durations, 'leaseMs'>, next: string, flags: Flags): string =>
  hint(`Left at once: the lease runs out in ${Math.ceil(leaseMs / 1000)} s at most; then: ${next}`, flags);

/** What `apply`, `rollback` and `resume` share. */
export async function runOptions(
  flags: Flags,
  io: Io,
  db: Database,
  emit: (event: RunEvent) => void,
): Promise<RunOptions> {
  return {
    owner: {
      id: randomUUID(),
      host: io.host,
      pid: io.pid,
      user: io.user,
      link: linkOf(io),
      session: db.sessionId,
      run: null,
    },
    commit: await commitOf(io),
    ...durations(flags),
    ...(flags.environment === undefined ? {} : { retentionMs: flags.environment.retentionMs }),
    signal: io.signal,
    emit,
  };
}
