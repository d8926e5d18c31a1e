import type { Document } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('inserters');
const before = 5000;
const inserters = 4;

interface Row {
  readonly what: string;
  readonly fields: string;
  readonly links?: string;
  readonly args?: readonly string[];
  /** The documents in which the pass has still something to do. */
  readonly open: Document;
}

const note = '{ note: { type: string, default: d } }';
const rows: readonly Row[] = [
  { what: 'a default', fields: note, open: { note: { $exists: false } } },
  {
    what: 'a default of which nothing is kept',
    fields: note,
    args: ['--no-undo', '--allow', 'no-undo'],
    open: { note: { $exists: false } },
  },
  {
    what: 'an expression that yields nothing for every other document',
    fields: '{ half: { compute: { $cond: [{ $eq: [{ $mod: [ "$n", 2 ] }, 0]}, "$n", "$$REMOVE"] } } }',
    open: { half: { $exists: false }, n: { $mod: [2, 0] } },
  },
  {
    what: 'a link that most documents match',
    fields: '{ n: { type: int }, group: { type: int }, owner: { type: int, nullable: true } }',
    links:
      'links: { owner: { field: owner, references: people.id, optional: true, populate: { match: { group: group } } } }',
    open: { owner: { $exists: false }, group: { $lt: 40 } },
  },
];

/** Inserts without a pause, from several connections, until it is stopped. */
function inserting(): { readonly stop: () => Promise<number> } {
  const things = site.db().collection('things');
  let n = before;
  let isOver = false;
  const work = async (): Promise<void> => {
    while (!isOver) {
      n += 1;
      await things.insertOne({ n, group: n % 50 });
    }
  };
  const done = Promise.all(Array.from({ length: inserters }, work));
  const stop = async (): Promise<number> => {
    isOver = true;
    await done;
    return n - before;
  };
  onTestFinished(() => void stop());
  return { stop };
}

test.each(rows)(
  '$what: a pass ends beside inserts that do not, and what it left is counted',
  {
    timeout: 120_000,
  },
  async ({ fields, links = '', args = [], open }) => {
    const db = await site.fresh();
    await db.collection('people').insertMany(Array.from({ length: 40 }, (_, group) => ({ id: 1000 + group, group })));
    await db.collection('people').createIndex({ group: 1 });
    await db.collection('things').insertMany(Array.from({ length: before }, (_, n) => ({ n, group: n % 50 })));
    await db.collection('zoo').insertMany(Array.from({ length: 2000 }, (_, n) => ({ n })));
    // What comes after the pass takes long enough for the application to end before it is counted.
    const file = await schemaFile(`
version: 1
collections:
  things:
    fields: ${fields}
    ${links}
  people: { fields: { id: { type: int }, group: { type: int } } }
  zoo: { fields: { note: { type: string, default: d } } }
`);
    let writer: ReturnType<typeof inserting> | null = null;
    let inserted = Promise.resolve(0);
    let batches = 0;
    const heard = (text: string): void => {
      for (const line of text.split('\n').filter((one) => one.startsWith('{'))) {
        const { event, unit } = JSON.parse(line) as { readonly event: string; readonly unit?: string };
        if (unit !== 'u1') continue;
        if (event === 'unit-started') writer ??= inserting();
        if (event === 'progress') batches += 1;
        if (event === 'unit-done') inserted = writer?.stop() ?? inserted;
      }
    };
    const apply = ['apply', '--schema', file, '--auto-approve', '--format', 'json', ...args];
    const { out } = await must(0, site.run([...apply, '--throttle', '4000/s'], { heard }));
    expect(await inserted).toBeGreaterThan(100);
    // 5,000 documents at 4,000 a second, a tenth of a second each, and four looks at what came meanwhile.
    expect(batches).toBeLessThan(100);
    const left = await db.collection('things').countDocuments(open);
    expect(left).toBeGreaterThan(0);
    expect(Number(/"late":(\d+)/.exec(out)?.[1])).toBe(left);
  },
);
