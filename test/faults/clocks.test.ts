import { expect, test } from 'vitest';
import { building, calm, failPoint } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';
import { libfaketime, shifted } from './clock.ts';
import { everything, tallyOf } from './share.ts';

/** Clients whose clocks are an hour off: the lease is judged by the server's clock alone. */
const site = useSite('clocks', {});

const schema = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }\n';

/** Of the holder, and of the other. */
const pairs = [
  ['+0h', '+1h'],
  ['+0h', '-1h'],
  ['+1h', '+0h'],
  ['-1h', '+0h'],
] as const;

test.runIf(everything || libfaketime !== null)(
  'clock skew: an hour ahead or behind steals nothing and loses nothing',
  { timeout: 600_000 },
  async () => {
    expect(libfaketime, 'apt-get install libfaketime').not.toBeNull();
    const tally = tallyOf('Clock skew', 'the clock of the holder or of the other an hour ahead or behind');
    for (const [holderClock, otherClock] of pairs.slice(0, everything ? 4 : 1)) {
      const db = await site.fresh();
      await db.collection('things').insertOne({ a: 1 });
      const apply = ['apply', '--auto-approve', '--schema', await schemaFile(schema)];
      await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
      const holder = site.spawn(apply, { env: shifted(holderClock) });
      await building(site.client(), site.name, 'things');
      const { err } = await must(24, site.spawn(apply, { env: shifted(otherClock) }).done);
      expect(err).toContain(`process ${holder.pid}`);
      await calm(site.client());
      await must(0, holder.done);
      await must(0, site.spawn(['rollback', '--auto-approve'], { env: shifted(otherClock) }).done);
      tally.hit();
    }
    tally.close();
  },
);

test.runIf(libfaketime !== null)('clock skew: the clock is really off', async () => {
  await site.fresh();
  const { out } = await must(
    0,
    site.spawn(['plan', '--format', 'json', '--schema', await schemaFile(schema)], { env: shifted('+1h') }).done,
  );
  const { createdAt } = JSON.parse(out) as { createdAt: string };
  expect(Date.parse(createdAt) - Date.now()).toBeGreaterThan(3000_000);
});
