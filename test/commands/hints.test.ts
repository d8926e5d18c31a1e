import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hint, planFlags, readingSchema } from '../../src/commands/hints.ts';
import { specs } from '../../src/commands/specs.ts';
import { subjects } from '../../src/commands/subjects.ts';

test('the commands that are led to the schema are those that take one and connect', () => {
  const taking = specs
    .filter(({ flags }) => flags.includes(subjects.schema) && flags.includes(subjects.connection))
    .map(({ name }) => name.split(' ')[0]);
  expect([...readingSchema].sort()).toEqual(taking.sort());
});

test.each([
  ['Apply it: schemactl apply', 'Apply it: schemactl apply --db shop --schema db/schema'],
  ['schemactl apply --only c', 'schemactl apply --db shop --schema db/schema --only c'],
  ['schemactl apply plan.json', 'schemactl apply --db shop plan.json'],
  ['schemactl doctor plan.json', 'schemactl doctor --db shop --schema db/schema plan.json'],
  ['schemactl resume, or schemactl rollback', 'schemactl resume --db shop, or schemactl rollback --db shop'],
  ['schemactl plan --schema x', 'schemactl plan --db shop --schema x'],
  ['schemactl explain SCH2001', 'schemactl explain SCH2001'],
])('%s', (text, whole) => {
  expect(hint(text, { db: 'shop', schema: ['db/schema'] })).toBe(whole);
});

test('a plan of a part leads to the same part, each word whole to a shell', () => {
  const flags = { only: ['a.**', 'it is'], milestone: '003', allow: ['drop-index'], undo: false };
  expect(planFlags(flags)).toBe(" --only 'a.**' --only 'it is' --milestone 003 --allow drop-index --no-undo");
});

test('addresses and globs that are suggested are one word to a shell', () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url));
  const loose = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'report/plan/text.ts')
    .filter((file) =>
      /--(?:exclude|only) \$\{(?!(?:printable\()?shellWord\()/.test(readFileSync(join(root, file), 'utf8')),
    );
  expect(loose).toEqual([]);
});
