import { expect, test } from 'vitest';
import { allowed } from '../support/rewritten.ts';
import { schemaFile } from '../support/schema.ts';
import { documentsOf, must, useSite } from '../support/site.ts';

const site = useSite('few');
const many = 20_000;

/** Documents and index keys that the server looked at in `things` while something ran. */
async function examined(work: () => Promise<unknown>): Promise<number> {
  const db = site.db();
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const found = await db
    .collection('system.profile')
    .find({ ns: `${db.databaseName}.things` })
    .toArray();
  return found.reduce((sum, one) => sum + Number(one['docsExamined'] ?? 0) + Number(one['keysExamined'] ?? 0), 0);
}

test.each([{ args: [] }, { args: ['--no-undo'] }])(
  'few documents among many are read through an index that serves ($args)',
  async ({ args }: { readonly args: readonly string[] }) => {
    const db = await site.fresh();
    const things = db.collection<{ _id: number }>('things');
    await things.insertMany(
      Array.from({ length: many }, (_, n) => ({ _id: n, n, ...(n % 7000 === 1 ? { gone: n } : {}) })),
    );
    await things.createIndex({ gone: 1 }, { sparse: true }, {});
    const file = await schemaFile('version: 1\ncollections:\n  things: { fields: { gone: { absent: true } } }\n');
    const plan = file.replace(/\.yaml$/, '.plan.json');
    await must(0, site.run(['plan', '--schema', file, '--out', plan, ...args]));
    const read = await examined(() =>
      must(0, site.run(['apply', plan, ...allowed, '--allow', 'no-undo', '--auto-approve'])),
    );
    expect(await things.countDocuments({ gone: { $exists: true } })).toBe(0);
    expect(read).toBeLessThan(200);
    if (args.length > 0) return;
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await documentsOf(db, 'things', { gone: { $exists: true } })).toHaveLength(3);
  },
);
