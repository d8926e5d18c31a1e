import type { Document } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/database/port.ts';
import { runPlan } from '../../src/workflow/run.ts';
import { open, planText, rollbackPlan, run } from '../cases/run.ts';
import { runOptions } from '../support/run-options.ts';
import { useSite } from '../support/site.ts';

const site = useSite('looks');
const alone = useSite('looks_alone', { standalone: true });

const removal = 'version: 1\ncollections: { things: { fields: { legacy: { absent: true } } } }\n';
const allow = ['drop-field'];

async function filled(of: typeof site): Promise<Database> {
  const db = await of.fresh();
  await db.collection('things').insertMany([1, 2, 3].map((n) => ({ _id: n as never, legacy: `old${n}`, z: n })));
  const door = await open(of.uri(), of.name);
  onTestFinished(() => door.close());
  return door;
}

const things = (of: typeof site): Promise<readonly Document[]> =>
  of.db().collection('things').find().sort({ _id: 1 }).toArray();

test('what the application wrote between two looks of a pass is what a rollback brings back', async () => {
  const door = await filled(site);
  let written = 0;
  const transaction: Database['transaction'] = async (work) => {
    const result = await door.transaction(work);
    const removed = await site
      .db()
      .collection('things')
      .countDocuments({ legacy: { $exists: false } });
    if (removed === 3 && written === 0) {
      written += 1;
      await site
        .db()
        .collection('things')
        .updateOne({ _id: 2 as never }, { $set: { legacy: 'of the application' } });
    }
    return result;
  };
  const plan = await planText(door, removal, allow);
  expect(await runPlan({ ...door, transaction }, plan, null, runOptions(door))).toMatchObject({ exitCode: 0 });
  expect(written).toBe(1);
  expect((await things(site)).map(({ legacy }) => legacy as unknown)).toEqual([undefined, undefined, undefined]);
  expect(await run(door, await rollbackPlan(door))).toMatchObject({ exitCode: 0 });
  expect((await things(site)).map(({ legacy }) => legacy as unknown)).toEqual(['old1', 'of the application', 'old3']);
});

test('on a standalone server, killed after the first batch was written and before the journal knew: it comes back', async () => {
  const door = await filled(alone);
  let isWritten = false;
  const dying: Database['run'] = async (command, more) => {
    if (isWritten) throw new Error('the process died');
    const reply = await door.run(command, more);
    isWritten = command.get('update') === 'things';
    return reply;
  };
  const plan = await planText(door, removal, allow);
  await runPlan({ ...door, run: dying }, plan, null, { ...runOptions(door), leaseMs: 1000 }).catch(() => null);
  expect((await things(alone)).map(({ legacy }) => legacy as unknown)).toEqual([undefined, undefined, undefined]);
  const back = await rollbackPlan(door);
  expect(back.noop).toBe(false);
  expect(await runPlan(door, back, null, { ...runOptions(door), waitMs: 20_000 })).toMatchObject({ exitCode: 0 });
  expect((await things(alone)).map(({ legacy }) => legacy as unknown)).toEqual(['old1', 'old2', 'old3']);
});
