import type { Document } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import { allowed, thing, toRewrite } from '../support/rewritten.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('writer');
const documents = 4000;

/** What the application writes: names of its own, and `note`, which the rewrite fills where it is missing. */
const own = ['n', 'count', 'text', 'note'] as const;

interface Writer {
  /** What it last wrote into each document; null: it removed it. */
  readonly log: ReadonlyMap<number, Document | null>;
  readonly stop: () => Promise<void>;
}

/** An application of the old code: it inserts documents without the new fields, changes and removes others. */
function writing(from: number): Writer {
  const log = new Map<number, Document | null>();
  const things = site.db().collection<{ _id: number }>('things');
  let next = from;
  let isOver = false;
  const work = async (): Promise<void> => {
    for (let at = 0; !isOver; at += 1) {
      const id = (at * 7919) % documents;
      if (at % 4 === 0) {
        next += 1;
        await things.insertOne({ ...thing(next), _id: next });
        log.set(next, { n: next });
      } else if (at % 4 === 1) {
        const changed = { count: at, text: `w${at}` };
        const { matchedCount } = await things.updateOne({ _id: id }, { $set: changed });
        if (matchedCount > 0) log.set(id, { ...log.get(id), ...changed });
      } else if (at % 4 === 2) {
        const changed = at % 8 === 2 ? { note: `app${at}` } : {};
        const { matchedCount } = await things.updateOne({ _id: id }, { $inc: { count: 0 }, $set: changed });
        if (matchedCount > 0 && 'note' in changed) log.set(id, { ...log.get(id), ...changed });
      } else if (at % 40 === 3) {
        const { deletedCount } = await things.deleteOne({ _id: id });
        if (deletedCount > 0) log.set(id, null);
      }
    }
  };
  const done = work();
  onTestFinished(() => {
    isOver = true;
    return done;
  });
  return {
    log,
    stop: async () => {
      isOver = true;
      await done;
    },
  };
}

/** Nothing that the application wrote was lost or changed. */
async function expectOwn({ log }: Writer): Promise<void> {
  const things = await site.db().collection<{ _id: number }>('things').find().toArray();
  const found = new Map(things.map((one) => [one._id, one as Document]));
  for (const [id, wrote] of log) {
    const now = found.get(id);
    if (wrote === null) expect([id, now]).toEqual([id, undefined]);
    else {
      const kept = Object.fromEntries(own.flatMap((name) => (name in wrote ? [[name, now?.[name] as unknown]] : [])));
      expect([id, kept]).toEqual([id, wrote]);
    }
  }
}

const lateOf = (out: string): number => Number(/"late":(\d+)/.exec(out)?.[1] ?? Number.NaN);

test('invert after the application wrote: a writer beside apply and rollback loses nothing, and no document lacks a field but those told as late', {
  timeout: 300_000,
}, async () => {
  const { file } = await toRewrite(site, documents);
  const things = site.db().collection('things');
  await site
    .db()
    .collection('zoo')
    .insertMany(Array.from({ length: 4000 }, (_, n) => ({ n })));
  // What comes after the passes takes long enough for the writer to end before what is late is counted.
  const after = await schemaFile(
    'version: 1\ncollections:\n  zoo: { fields: { note: { type: string, default: d } } }\n',
  );
  const started: Writer[] = [];
  const heard = (text: string): void => {
    for (const line of text.split('\n').filter((one) => one.startsWith('{'))) {
      const { event, steps } = JSON.parse(line) as { readonly event: string; readonly steps?: readonly string[] };
      if (event !== 'unit-started') continue;
      if (started.length === 0) started.push(writing(documents));
      if (steps?.[0]?.startsWith('zoo.') === true) void started[0]?.stop();
    }
  };
  const run = ['--auto-approve', '--format', 'json', '--throttle', '4000/s'];
  const schemas = ['--schema', file, '--schema', after];
  const { out } = await must(0, site.run(['apply', ...schemas, ...allowed, ...run], { heard }));
  const [writer] = started;
  if (writer === undefined) throw new Error('no unit began');
  await writer.stop();
  const inserted = [...writer.log.keys()].filter((id) => id > documents);
  expect(inserted.length).toBeGreaterThan(100);
  await expectOwn(writer);
  const open = [{ label: { $exists: false } }, { owner: null, group: { $lt: 40 } }];
  const late = await things.distinct('_id', { $or: open });
  expect(late.length).toBeGreaterThan(0);
  expect(late.every((id) => inserted.includes(Number(id)))).toBe(true);
  expect(lateOf(out)).toBe(late.length);
  await must(0, site.run(['apply', ...schemas, '--check-data', 'full', ...allowed, '--auto-approve']));
  expect(
    await things.countDocuments({
      $or: [{ note: { $exists: false } }, { legacy: { $exists: true } }, { title: { $exists: true } }],
    }),
  ).toBe(0);
  const again = writing(10 * documents);
  await must(0, site.spawn(['rollback', '--all', ...run]).done);
  await again.stop();
  await expectOwn(again);
  const untouched = { count: { $exists: false }, note: { $not: /^app/ }, _id: { $lt: documents } } as Document;
  for (const one of await things.find(untouched).toArray()) {
    expect(JSON.stringify(one)).toBe(JSON.stringify(thing(Number(one._id))));
  }
});
