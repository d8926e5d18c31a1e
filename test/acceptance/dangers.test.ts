import type { Document } from 'mongodb';
import semver from 'semver';
import { describe, expect, inject, test } from 'vitest';
import { type Counted, indexRows, of } from '../support/dangers.ts';
import { collectionRows } from '../support/dangers-collections.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** Structure that the data is against: what the plan counts, and that apply has changed nothing. */
const site = useSite('dangers');

describe('the plan counts what the data has against it, and apply changes nothing', () => {
  const known = [...indexRows, ...collectionRows].filter(
    ({ since }) => since === undefined || semver.gte(inject('server'), since),
  );
  test.each(known)('$what', async (row) => {
    const [older] = Object.entries(row.before ?? {}).filter(([version]) => semver.lt(inject('server'), version));
    const { schema, documents, prepare, hazards = [], violations = [], exit } = { ...row, ...older?.[1] };
    const db = await site.fresh();
    await db.createCollection('c');
    await prepare?.(db);
    await db.collection('c').insertMany([...documents]);
    const file = await schemaFile(`version: 1\ncollections: { ${schema} }\n`);
    const before = await site.hash();
    const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
    const plan = JSON.parse(out) as { hazards: Counted[]; violations: Counted[] };
    expect(plan.hazards.map(({ code, address, count }) => ({ code, address, count }))).toEqual(hazards);
    expect(plan.violations).toHaveLength(violations.length);
    for (const [at, violation] of violations.entries()) expect(plan.violations[at]).toMatchObject(violation);
    await must(exit, site.run(['plan', '--detailed-exitcode', '--schema', file]));
    await must(exit, site.run(['apply', '--auto-approve', '--schema', file]));
    const allowed = hazards.map(({ code }) => code).join(',');
    if (exit === 22 && allowed !== '')
      await must(22, site.run(['apply', '--auto-approve', '--allow', allowed, '--schema', file]));
    expect(await site.hash()).toBe(before);
    expect(await db.listCollections({ name: /^schemactl_/ }).toArray()).toEqual([]);
  });

  test('a cap that is allowed to lose the oldest documents keeps the newest; the rest lies in the trash', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(50, () => ({ text: 'x' }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { options: { capped: true, size: 100000, max: 20 } } }\n',
    );
    const allow = ['--allow', 'recreate-collection,shrink-capped'];
    await must(0, site.run(['apply', '--auto-approve', '--schema', file, ...allow]));
    const kept = await db.collection('c').find().sort({ _id: 1 }).toArray();
    expect(kept.map(({ _id }) => _id as unknown)).toEqual(Array.from({ length: 20 }, (_, at) => at + 30));
    const [trash] = await db.listCollections({ name: /^schemactl_trash_/ }).toArray();
    expect(await db.collection(trash?.name ?? '').countDocuments()).toBe(50);
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  });

  test('a default in a collection that becomes capped is refused before the first write, and can be filled in first', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(5, () => ({ text: 'x' }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { options: { capped: true, size: 100000 }, fields: { n: { type: int, default: 1 } } } }\n',
    );
    const apply = ['apply', '--auto-approve', '--allow', 'recreate-collection', '--schema', file];
    const before = await site.hash();
    const { err } = await must(20, site.run(apply));
    expect(err).toContain(`schemactl apply --schema ${file} --only c.fields.n`);
    expect(await site.hash()).toBe(before);
    await must(0, site.run([...apply, '--only', 'c.fields.n']));
    await must(0, site.run(apply));
    expect(await db.collection('c').countDocuments({ n: 1 })).toBe(5);
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  });

  test('a validator that only warns says how many documents fail it', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(5, (at) => ({ a: at }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { validation: { level: strict, action: warn }, fields: { a: { type: int, maximum: 2 } } } }\n',
    );
    const { out } = await must(0, site.run(['plan', '--schema', file]));
    expect(out).toContain('validator-warns: 2 documents fail it');
    await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  });

  test('documents that fail the validator while it is put on take it back: 23, and it can be rolled back', async () => {
    const db = await site.fresh();
    await db.collection('c').insertMany([...of(5, (at) => ({ a: at }))]);
    const file = await schemaFile(
      'version: 1\ncollections: { c: { validation: { level: strict, action: error }, fields: { a: { type: int } } } }\n',
    );
    const path = `${file}.plan.json`;
    await must(0, site.run(['plan', '--schema', file, '--out', path]));
    await db.collection('c').insertOne({ _id: 99, a: 'text' } as Document);
    const { err } = await must(22, site.run(['apply', path]));
    expect(err).toContain('c.validator');
    const [info] = await db.listCollections({ name: 'c' }).toArray();
    expect((info as { options?: Document } | undefined)?.options?.['validator']).toBeUndefined();
  });
});
