import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** The table of docs/reliability.md, and the tests that its rows name: one says what the other does. */
const page = readFileSync('docs/reliability.md', 'utf8');
const table = page.slice(page.indexOf('| fault |'), page.indexOf('\n\n', page.indexOf('| fault |')));

/** A name may hold one `*`. */
function filesOf(pattern: string): readonly string[] {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return [pattern];
  const found = readdirSync(dirname(pattern)).map((name) => join(dirname(pattern), name));
  return found.filter((file) => file.startsWith(start) && file.endsWith(end));
}

interface Row {
  readonly fault: string;
  readonly files: readonly string[];
}

const rows: readonly Row[] = table
  .split('\n')
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, fault = '', , tests = '']) => ({
    fault,
    files: [...tests.matchAll(/`(.+?)`/g)].flatMap(([, pattern = '']) => filesOf(pattern)),
  }));

const titled = (fault: string): RegExp => new RegExp(`['\`](?:bad input \\d+: )?${fault}\\b`, 'i');

test.each(rows)('a row names tests whose titles begin with its words: $fault', ({ fault, files }) => {
  expect(files).not.toEqual([]);
  for (const file of files) expect(readFileSync(file, 'utf8'), file).toMatch(titled(fault));
});

test('every test of faults stands in a row', () => {
  const own = filesOf('test/faults/*.test.ts').filter((file) => !file.endsWith('table.test.ts'));
  expect(rows.flatMap(({ files }) => files)).toEqual(expect.arrayContaining(own));
});
