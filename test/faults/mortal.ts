import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { binary } from '../support/cli.ts';
import { type Site, until } from '../support/site.ts';

const preload = pathToFileURL(fileURLToPath(new URL('mortal.js', import.meta.url))).href;

/** Before command k is sent, once it is sent, or after its reply was read. */
export type When = 'before' | 'sent' | 'after';
export const whens: readonly When[] = ['before', 'sent', 'after'];

export interface Death {
  readonly at: number;
  /** What is numbered: every command, those that can change what the server holds (`acts`), or those of this name. */
  readonly of?: string;
  readonly when: When;
  /** Of its process, beside what every one has. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a command line ended that was to die. */
export interface Ended {
  readonly killed: boolean;
  readonly code: number | undefined;
  readonly err: string;
  /** Commands begun, and those of them that can change what the server holds. */
  readonly commands: number;
  readonly acts: number;
}

/** A command line that has stopped itself there (SIGSTOP), or came to its end first. */
export interface Stopped {
  readonly ended: () => boolean;
  /** The command that it has begun last (`collMod:things`), or its stage that writes (`$merge`). */
  readonly last: () => Promise<string>;
  readonly goOn: () => Promise<{ readonly code: number | undefined; readonly err: string }>;
}

/** Spawns the command line, which sleeps from command k on until it is told to go on. */
export async function sleeper(site: Site, args: readonly string[], { at, when, of = '' }: Death): Promise<Stopped> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  const counter = join(folder, 'count');
  const fault = { FAULT_AT: String(at), FAULT_WHEN: when, FAULT_OF: of, FAULT_SIGNAL: 'SIGSTOP', FAULT_COUNT: counter };
  const env = { MONGODB_URI: site.uri(), NO_COLOR: '1', ...fault };
  const child = execa('node', [`--import=${preload}`, binary, ...args], { env, stdin: 'ignore', reject: false });
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const isStopped = async (): Promise<boolean> => {
    const status = await readFile(`/proc/${child.pid ?? 0}/stat`, 'utf8').catch(() => '');
    return ended() || status.split(') ')[1]?.startsWith('T') === true;
  };
  await until(isStopped, 120_000);
  return {
    ended,
    last: async () => (await readFile(counter, 'utf8')).split(' ')[1] ?? '',
    async goOn() {
      child.kill('SIGCONT');
      const { exitCode, stderr } = await child;
      await rm(folder, { recursive: true });
      return { code: exitCode, err: stderr };
    },
  };
}

/** Spawns the command line, and kills it as told; null: it only counts. */
export async function mortal(site: Site, args: readonly string[], death: Death | null): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  const counter = join(folder, 'count');
  const fault = death === null ? {} : { FAULT_AT: String(death.at), FAULT_WHEN: death.when, FAULT_OF: death.of ?? '' };
  const env = { MONGODB_URI: site.uri(), NO_COLOR: '1', FAULT_COUNT: counter, ...fault, ...death?.env };
  const options = { env, stdin: 'ignore', reject: false } as const;
  const { signal, exitCode, stderr } = await execa('node', [`--import=${preload}`, binary, ...args], options);
  const count = await readFile(counter, 'utf8').catch(() => '0');
  await rm(folder, { recursive: true });
  // Commands, the last one's name and collection, acts.
  const words = count.split(' ');
  const [commands, acts] = [words.at(0), words.at(-1)].map(Number) as [number, number];
  return { killed: signal === 'SIGKILL', code: exitCode, err: stderr, commands, acts };
}

/** Ends what the dead have left open on the server: it would keep a transaction for a minute, in the way of whoever comes next. */
export async function endSessions(site: Site): Promise<void> {
  await site.client().db('admin').command({ killAllSessions: [] });
}

/** Lets the lease of the dead run out at once; where a transaction of his is in the way, it runs out by itself. */
export async function expire(site: Site): Promise<void> {
  const past = [{ $set: { leaseUntil: { $subtract: ['$$NOW', 1] } } }];
  await site
    .db()
    .collection('schemactl_lock')
    .updateMany({ owner: { $ne: null } }, past, { maxTimeMS: 300 })
    .catch(() => undefined);
}
