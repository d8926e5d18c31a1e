import { afterEach, expect, test } from 'vitest';
import { calm, failCommand } from '../support/faults.ts';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, own, useSite } from '../support/site.ts';

/** At the end of a run, what is old cannot be forgotten: that is said, and the run is none the worse for it. */
const site = useSite('not_purged', {});
afterEach(() => calm(site.client()));

const run = (...args: readonly string[]) => must(0, here(site.uri(), args));
const apply = async (collections: string, ...more: readonly string[]) => {
  const file = await schemaFile(`version: 1\ncollections: { ${collections} }\n`);
  return run('apply', '--auto-approve', '--allow', 'drop-collection', '--schema', file, ...more);
};
const orders = 'orders: { fields: { note: { type: string, default: x } } }';
const withIndex = `${orders.slice(0, -2)}, indexes: [ { key: { a: 1 } } ] }`;

/** Run 1 keeps undo data, run 2 a dropped collection; both are older than what is kept by default. */
async function twoOldRuns(): Promise<void> {
  const db = await site.fresh();
  await db.collection('orders').insertMany([{ a: 1 }, { a: 2 }]);
  await db.collection('logs').insertOne({});
  await apply(`${orders}, logs: {}`);
  await apply(orders);
  const endedAt = new Date(Date.now() - 31 * 86_400_000);
  await db.collection('schemactl_runs').updateMany({}, { $set: { endedAt } });
}

interface Event {
  readonly event: string;
  readonly code?: string;
  readonly address?: string;
  readonly message?: string;
  readonly outcome?: string;
}

const trash = async (): Promise<number> =>
  (await ours(site)).filter((name) => name.startsWith('schemactl_trash_')).length;
const left = async (): Promise<readonly number[]> => [(await own(site.db(), 'undo')).length, await trash()];

test.each([
  ['undo data', 'delete', 'schemactl_undo', [1, 1]],
  ['a dropped collection', 'drop', null, [0, 1]],
] as const)('%s: a warning that says why, in text and as an event; the next purge forgets it', async (...row) => {
  const [, command, collection, kept] = row;
  for (const format of ['text', 'json'] as const) {
    await twoOldRuns();
    const namespace = collection === null ? {} : { namespace: `${site.name}.${collection}` };
    await failCommand(site.client(), { failCommands: [command], errorCode: 20, ...namespace }, 'alwaysOn');
    const { out, err } = await apply(withIndex, '--format', format);
    await calm(site.client());
    if (format === 'text') {
      expect(out).toMatch(
        /^! not-purged {2}test_not_purged: what old runs kept could not be forgotten \(the server said: 20 IllegalOperation: .*schemactl purge$/m,
      );
      expect(out).toContain('Applied run 3');
    } else {
      const events = out.split('\n').map((line) => JSON.parse(line) as Event);
      expect(events.filter(({ event }) => ['warning', 'purged'].includes(event))).toEqual([
        expect.objectContaining({ event: 'warning', code: 'not-purged', address: site.name }),
      ]);
      expect(events.find(({ event }) => event === 'warning')?.message).toContain(
        'the server said: 20 IllegalOperation: ',
      );
      expect(events.at(-1)).toMatchObject({ event: 'done', outcome: 'applied', exitCode: 0 });
    }
    expect(err).toBe('');
    expect(await left()).toEqual(kept);
    await run('purge', '--auto-approve');
    expect(await left()).toEqual([0, 0]);
  }
});
