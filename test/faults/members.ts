import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Document, MongoClient } from 'mongodb';
import { afterAll } from 'vitest';
import { type Site, until } from '../support/site.ts';

/** One member of a file's own replica set. */
export interface Member {
  readonly host: string;
  readonly ask: (command: Document) => Promise<Document>;
  readonly kill: (signal?: NodeJS.Signals) => void;
  /** Starts it again on its data, as it was started. */
  readonly revive: () => void;
}

export interface Members {
  readonly all: () => readonly Member[];
  readonly primary: () => Promise<Member>;
  readonly secondary: () => Promise<Member>;
  /** Resolves when one is primary, all others are secondaries, and the client knows. */
  readonly whole: () => Promise<void>;
  /** Arms or disarms a fail point on every member that answers. */
  readonly failPoint: (name: string, mode: 'alwaysOn' | 'off') => Promise<void>;
}

const serves = (state: number): boolean => state === 1 || state === 2;

function memberOf(host: string, found: number): Member {
  const argv = readFileSync(`/proc/${found}/cmdline`, 'utf8').split('\0').filter(Boolean);
  let pid = found;
  let child: ChildProcess | null = null;
  afterAll(() => void child?.kill('SIGKILL'));
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
    serverSelectionTimeoutMS: 2000,
    socketTimeoutMS: 2000,
  });
  afterAll(() => client.close());
  return {
    host,
    ask: (command) => client.db('admin').command(command),
    kill: (signal = 'SIGKILL') => void process.kill(pid, signal),
    revive() {
      child = spawn(argv[0] ?? '', argv.slice(1), { stdio: 'ignore' });
      pid = child.pid ?? 0;
    },
  };
}

/** The members of the site's set; to be called within a test, once its server runs. */
export function membersOf(site: Site): Members {
  const hosts = /\/\/([^/]+)\//.exec(site.uri())?.[1]?.split(',') ?? [];
  const all = hosts.map((host, at) => memberOf(host, site.pids()[at] ?? 0));
  const admin = () => site.client().db('admin');
  const isPrimary = async ({ ask }: Member): Promise<boolean> =>
    (await ask({ hello: 1 }))['isWritablePrimary'] === true;
  const first = async (wanted: boolean): Promise<Member> => {
    for (const member of all) if ((await isPrimary(member).catch(() => !wanted)) === wanted) return member;
    throw new Error('there is no such member');
  };
  return {
    all: () => all,
    primary: () => first(true),
    secondary: () => first(false),
    whole: () =>
      until(async () => {
        const status = await admin()
          .command({ replSetGetStatus: 1 })
          .catch((): Document => ({ members: [] }));
        const states = (status['members'] as Document[]).map(({ state }) => Number(state));
        return states.length === all.length && states.every(serves) && states.includes(1);
      }, 60_000),
    failPoint: async (name, mode) => {
      const order = { configureFailPoint: name, mode };
      await Promise.all(all.map(({ ask }) => ask(order).catch(() => undefined)));
    },
  };
}
