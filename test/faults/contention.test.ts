import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useSite } from '../support/site.ts';
import { everything, tallyOf } from './share.ts';

/** Many processes that want the same lock at the same moment. */
const site = useSite('contention', {});

const [processes, rounds] = everything ? [50, 200] : [6, 8];
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

interface Answer {
  readonly won: boolean;
  readonly token?: number;
  /** The host of the holder from whom the lock was taken over. */
  readonly previous?: string | null;
  readonly code?: string;
  readonly message?: string;
}

const answer = async (child: ChildProcess): Promise<Answer> => (await once(child, 'message'))[0] as Answer;

beforeAll(async () => {
  await site.fresh();
  await site.db().createCollection('schemactl_lock');
  const script = fileURLToPath(new URL('contender.js', import.meta.url));
  for (let at = 0; at < processes; at += 1) children.push(fork(script, [site.uri(), site.name]));
  await Promise.all(children.map(answer));
});

/** A lock as a holder leaves it that died an hour ago. */
const ofTheDead = (target: string) => ({
  _id: target,
  format: 1,
  token: 7,
  owner: { id: 'd', host: 'dead', pid: 1, user: 'u', link: null, session: '0'.repeat(32) },
  leaseUntil: new Date(Date.now() - 3600_000),
});

test.each([
  { what: 'nobody has had', found: null, wins: { token: 1, previous: null } },
  { what: 'a dead holder has left', found: ofTheDead, wins: { token: 8, previous: 'dead' } },
])(
  'two appliers race for a lock that $what: one winner each round, the others are told who holds it',
  {
    timeout: 3600_000,
  },
  async ({ what, found, wins }) => {
    const locks = site.db().collection<{ _id: string }>('schemactl_lock');
    const tally = tallyOf('Two appliers race', `${processes} processes for one lock that ${what}, ${rounds} rounds`);
    for (let round = 0; round < rounds; round += 1) {
      const target = `${what} ${round}`;
      if (found !== null) await locks.insertOne(found(target));
      const answers = Promise.all(children.map(answer));
      for (const child of children) child.send(target);
      const all = await answers;
      const winners = all.filter(({ won }) => won);
      expect(winners, `winners of round ${round}`).toEqual([{ won: true, ...wins }]);
      expect(new Set(all.filter(({ won }) => !won).map(({ code }) => code))).toEqual(new Set(['SCH2401']));
      tally.hit(processes);
    }
    tally.close(`${rounds} winners`);
  },
);
