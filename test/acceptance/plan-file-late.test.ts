import { dirname, join } from 'node:path';
import type { Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('plan_file_late');

/** Saves a plan; answers its path, in a folder of its own. */
async function saved(text: string): Promise<string> {
  const file = await schemaFile(text);
  const path = join(dirname(file), 'plan.json');
  await must(0, site.run(['plan', '--schema', file, '--out', path]));
  return path;
}

describe('what needed no step when it was planned, and documents that came since', () => {
  const declared = `
version: 1
collections:
  things:
    fields:
      a: { type: int, renamedFrom: b, default: 1 }
      z: { absent: true }
      k: { type: int, convert: true }
`;
  const many = (count: number, each: Document): Document[] => Array.from({ length: count }, () => ({ ...each }));
  const apply = (path: string) => site.run(['apply', path, '--format', 'json']);

  test.each<[string, { readonly there: Document[]; readonly come: Document[]; readonly late: number }]>([
    ['a step, and fields that have come', { there: [{}, { a: 1 }], come: many(99, { a: 1, z: 1, k: '5' }), late: 99 }],
    ['a step, and the former name', { there: [{}, { a: 1 }], come: [{ b: 1 }], late: 1 }],
    ['no step', { there: [{ a: 1 }], come: [{ a: 1, k: '5' }, { z: 1 }], late: 2 }],
    ['nothing came', { there: [{ a: 1 }], come: [{ a: 1, k: 5 }], late: 0 }],
  ])('are late: %s', async (_, { there, come, late }) => {
    const db = await site.fresh();
    await db.collection('things').insertMany(there);
    const path = await saved(declared);
    await db.collection('things').insertMany(come);
    const { out } = await must(0, apply(path));
    expect(out).toContain(`"late":${late}`);
    expect(out.includes('late-documents')).toBe(late > 0);
  });

  test.each([
    ['removed', { a: 1, z: 1 }, 'things.fields.z: drop-field concerned 0 documents, now 100'],
    ['converted', { a: 1, k: '5' }, 'things.fields.k: convert-type concerned 0 documents, now 100'],
  ])('make the plan stale where many would be %s', async (_, come, words) => {
    const db = await site.fresh();
    await db.collection('things').insertMany([{}]);
    const path = await saved(declared);
    await db.collection('things').insertMany(many(100, come));
    const before = await site.hash();
    const { out } = await must(21, apply(path));
    expect(out).toContain(words);
    expect(await site.hash()).toBe(before);
  });
});
