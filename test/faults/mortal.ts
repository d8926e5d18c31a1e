import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { binary } from '../support/cli.ts';
import type { Site } from '../support/site.ts';

const preload = pathToFileURL(fileURLToPath(new URL('mortal.js', import.meta.url))).href;

/** Before command k is sent, once it is sent, or after its reply was read. */
export type When = 'before' | 'sent' | 'after';
export const whens: readonly When[] = ['before', 'sent', 'after'];

export interface Death {
  readonly at: number;
  readonly when: When;
}

/** How a command line ended that was to die. */
export interface Ended {
  readonly killed: boolean;
  readonly code: number | undefined;
  readonly err: string;
  /** Commands begun. */
  readonly commands: number;
}

/** Spawns the command line, and kills it as told; null: it only counts. */
export async function mortal(site: Site, args: readonly string[], death: Death | null): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  const counter = join(folder, 'count');
  const fault = death === null ? {} : { FAULT_AT: String(death.at), FAULT_WHEN: death.when };
  const env = { MONGODB_URI: site.uri(), NO_COLOR: '1', FAULT_COUNT: counter, ...fault };
  const options = { env, stdin: 'ignore', reject: false } as const;
  const { signal, exitCode, stderr } = await execa('node', [`--import=${preload}`, binary, ...args], options);
  const count = await readFile(counter, 'utf8').catch(() => '0');
  await rm(folder, { recursive: true });
  return { killed: signal === 'SIGKILL', code: exitCode, err: stderr, commands: Number.parseInt(count, 10) };
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
