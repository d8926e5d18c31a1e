import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { building } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, useSite } from '../support/site.ts';
import { type Member, type Members, membersOf } from './members.ts';
import { everything, tallyOf } from './share.ts';

/** A set of three of which a member dies while an index is built: by default a build waits for every voting member. */
const site = useSite('dead_member', { members: 3 });

const hang = 'hangAfterStartingIndexBuild';
const schema = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }\n';

const fault = 'A member dies during an index build';

let members: Members;
beforeAll(() => {
  members = membersOf(site);
});

let dead: Member | null = null;

beforeEach(async () => {
  await members.whole();
  const db = await site.fresh();
  const things = Array.from({ length: 500 }, (_, a) => ({ a }));
  await db.collection('things').insertMany(things, { writeConcern: { w: 3 } });
});

afterEach(async () => {
  dead?.revive();
  dead = null;
  await members.failPoint(hang, 'off');
});

function killed(member: Member): void {
  member.kill();
  dead = member;
}

const args = async (...more: readonly string[]): Promise<readonly string[]> => [
  'apply',
  '--auto-approve',
  '--schema',
  await schemaFile(schema),
  ...more,
];

const primary = async (): Promise<void> => killed(await members.primary());
const secondary = async (): Promise<void> => killed(await members.secondary());
const stepdown = async (): Promise<void> => {
  const order = { replSetStepDown: 5, secondaryCatchUpPeriodSecs: 2, force: true };
  await (await members.primary()).ask(order);
};

test.each([
  ['the primary is killed', primary],
  ['a secondary is killed before it has voted', secondary],
  ['the primary steps down', stepdown],
] as const)('a member dies during an index build: %s, and apply goes through', async (what, strike) => {
  const tally = tallyOf(fault, `${what}; 3 members`);
  await members.failPoint(hang, 'alwaysOn');
  const ran = site.run(await args());
  await building(site.client(), site.name, 'things');
  await strike();
  tally.hit();
  await members.failPoint(hang, 'off');
  await must(0, ran);
  expect(await indexesOf(site.db(), 'things')).toEqual(['a_1']);
  await must(0, site.run(await args()));
  tally.close('apply ended with 0, without help');
});

/**
 * The driver gives a connection up when its own look at the member was not answered for 40 s. The other members' votes for the
 * commit are still on their way to the frozen one, and arrive when it wakes up (6.0.5): until then nothing but waiting helps.
 */
test.runIf(everything)(
  'a member dies during an index build: the primary freezes, apply says so and goes on',
  { timeout: 180_000 },
  async () => {
    const tally = tallyOf(fault, 'the primary is frozen (SIGSTOP) and wakes up; 3 members');
    await members.failPoint(hang, 'alwaysOn');
    const heard: string[] = [];
    const ran = site.run(await args(), { heard: (text) => void heard.push(text) });
    await building(site.client(), site.name, 'things');
    const frozen = await members.primary();
    frozen.kill('SIGSTOP');
    tally.hit();
    try {
      await members.failPoint(hang, 'off');
      const words = new RegExp(`which builds indexes on things, for .*; ${frozen.host} does not answer`);
      await expect.poll(() => heard.join(''), { timeout: 90_000 }).toMatch(words);
    } finally {
      frozen.kill('SIGCONT');
    }
    await members.failPoint(hang, 'off');
    await must(0, ran);
    expect(await indexesOf(site.db(), 'things')).toEqual(['a_1']);
    tally.close('apply said so and ended with 0');
  },
);

test('a member is dead before an index build: apply goes through', async () => {
  const tally = tallyOf(fault, 'a secondary dead since before; 3 members');
  await secondary();
  tally.hit();
  await must(0, site.run(await args()));
  expect(await indexesOf(site.db(), 'things')).toEqual(['a_1']);
  tally.close('apply ended with 0, without help');
});

test('a build of somebody else waits for a dead member: apply says so and what would help', async () => {
  const tally = tallyOf(fault, "a secondary, during somebody else's; 3 members");
  await members.failPoint(hang, 'alwaysOn');
  const built = site.db().command({ createIndexes: 'things', indexes: [{ key: { b: 1 }, name: 'b_1' }] });
  await building(site.client(), site.name, 'things');
  await secondary();
  tally.hit();
  await members.failPoint(hang, 'off');
  const { err } = await must(1, site.run(await args('--step-timeout', '3s')));
  expect(err).toContain('still building b_1 on "things" after 3');
  expect(err).toContain(`${dead?.host} does not answer`);
  const heard: string[] = [];
  const next = site.run(await args(), { heard: (text) => void heard.push(text) });
  await expect.poll(() => heard.join(''), { timeout: 20_000 }).toContain(`${dead?.host} does not answer`);
  const order = /db\.runCommand\((.*)\)/.exec(err)?.[1] ?? '';
  await site.db().command(JSON.parse(order) as Record<string, unknown>);
  await built;
  await must(0, next);
  expect(await indexesOf(site.db(), 'things')).toEqual(['a_1', 'b_1']);
  tally.close('refused with 1 after --step-timeout; goes on once a majority is enough');
});
