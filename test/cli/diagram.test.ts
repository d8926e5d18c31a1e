import { describe, expect, test } from 'vitest';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { must } from '../support/site.ts';

const collection = (at: number): string =>
  `  part_${at}: { fields: { other: { type: string }, ${Array.from({ length: 9 }, (_, f) => `field_${f}: { type: string }`).join(', ')} }, links: { l: { field: other, references: part_0.field_1 } } }\n`;
const shop = (count: number): Promise<string> =>
  schemaFile(`version: 1\ncollections:\n${Array.from({ length: count }, (_, at) => collection(at)).join('')}`);
const draw = async (code: number, count: number, ...more: readonly string[]) =>
  must(code, here('', ['diagram', '--schema', await shop(count), ...more]));

describe('what is too large for Mermaid is said, with what to do', () => {
  test.each([
    ['all fields', 60, ''],
    ['fewer fields', 300, 'warning: drawn with only the fields of links and unique indexes: '],
    ['no fields', 800, 'warning: drawn with no fields: '],
    ['not even that', 1500, 'warning: this diagram is more than Mermaid takes by default (50,000 characters), '],
  ])('%s', async (_, count, warning) => {
    const { out, err } = await draw(0, count);
    expect(out.match(/^ {2}c\d+\[/gm)).toHaveLength(count);
    expect(err.startsWith(warning)).toBe(true);
    expect(err.includes('--only GLOB')).toBe(warning !== '');
    expect(err.includes('\n')).toBe(false);
  });

  test('DBML has no such limit', async () => {
    const { out, err } = await draw(0, 900, '--format', 'dbml');
    expect([out.match(/^Table /gm)?.length, err]).toEqual([900, '']);
  });
});

describe('a part', () => {
  test.each<[string, readonly string[], readonly string[], links: number]>([
    ['by glob', ['--only', 'part_1*'], ['part_1', 'part_10', 'part_11'], 0],
    ['several', ['--only', 'part_0', '--only', 'part_2'], ['part_0', 'part_2'], 2],
    ['without some', ['--only', 'part_1*', '--exclude', 'part_11'], ['part_1', 'part_10'], 0],
  ])('%s', async (_, flags, names, links) => {
    const { out } = await draw(0, 12, ...flags);
    expect([...out.matchAll(/^ {2}c\d+\["(\w+)"\]/gm)].map(([, name]) => name)).toEqual(names);
    expect(out.match(/ : "/g)?.length ?? 0).toBe(links);
  });
  test('of nothing is refused', async () => {
    const { err } = await draw(64, 2, '--only', 'nothing');
    expect(err).toContain('SCH6407');
  });
});
