import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { useSite } from '../support/site.ts';
import { everything, tallyOf } from './share.ts';

/** Many processes that want the same lock at the same moment. */
const site = useSite('contention', {});

const [processes, rounds] = everything ? [50, 200] : [6, 8];
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

interface Answer {
  readonly won: boolean;
  readonly code?: string;
  readonly message?: string;
}

const answer = async (child: ChildProcess): Promise<Answer> => (await once(child, 'message'))[0] as Answer;

test('two appliers race: one winner each round, the others are told who holds it', { timeout: 3600_000 }, async () => {
  await site.fresh();
  await site.db().createCollection('schemactl_lock');
  const script = fileURLToPath(new URL('contender.js', import.meta.url));
  for (let at = 0; at < processes; at += 1) children.push(fork(script, [site.uri(), site.name]));
  await Promise.all(children.map(answer));
  const tally = tallyOf('Two appliers race', `${processes} processes for one lock, ${rounds} rounds`);
  for (let round = 0; round < rounds; round += 1) {
    const answers = Promise.all(children.map(answer));
    for (const child of children) child.send(`round_${round}`);
    const all = await answers;
    expect(
      all.filter(({ won }) => won),
      `winners of round ${round}`,
    ).toHaveLength(1);
    expect(new Set(all.filter(({ won }) => !won).map(({ code }) => code))).toEqual(new Set(['SCH2401']));
    tally.hit(processes);
  }
  tally.close(`${rounds} winners`);
});
