import { expect, test } from 'vitest';
import { planText } from '../../src/report/plan/text.ts';
import { plainTheme } from '../../src/report/theme.ts';
import { showValue } from '../../src/state/show.ts';
import { scalar } from '../../src/state/value.ts';
import { collectionOf, databaseOf, ledgerOf, type PlanScene, planOf, schemaOf } from '../planner/support.ts';

const text = (scene: PlanScene): string =>
  planText(planOf(scene), { from: 'schema/ (1 file, 1 collection)', holds: '1 collection' }, plainTheme);

test('a milestone with control characters is escaped', () => {
  const milestone = '"\\u001b[31m"';
  const one = schemaOf(`{ c: { indexes: [{ key: { a: 1 }, milestone: ${milestone} }] } }`, `{ ${milestone}: X }`);
  const two = schemaOf(
    `{ c: { indexes: [{ key: { a: 1 }, milestone: ${milestone} }, { key: { b: 1 }, milestone: ${milestone} }] } }`,
    `{ ${milestone}: X }`,
  );
  for (const schema of [one, two]) {
    const shown = text({ live: databaseOf({ c: {} }), schema });
    expect(shown).not.toContain('\u001b');
    expect(shown).toContain('\\u{1b}[31m');
  }
});

test('a date beyond the dates of JavaScript is shown as milliseconds', () => {
  expect(showValue(scalar('date', '9223372036854775807'))).toBe('9223372036854776000 ms');
});

test('a list of unmanaged names stays within the page', () => {
  const names = Array.from({ length: 6 }, (_, at) => [`a_long_collection_name_${at}`, {}]);
  const shown = text({
    live: databaseOf(Object.fromEntries(names) as Record<string, object & Record<string, string>>),
    schema: schemaOf('{ c: {} }'),
  });
  const body = shown.split('\n').slice(1);
  expect(body.filter((line) => line.length > 80)).toEqual([]);
});

test('a fresh plan, word for word', () => {
  const schema = schemaOf(
    '{ c: { indexes: [{ key: { a: 1 } }, { key: { b: 1 } }, { key: { u: 1 }, unique: true }] } }',
  );
  expect(text({ schema })).toBe(
    [
      'schemactl plan   shop on rs0 (MongoDB 6.0.5)   schema/ (1 file, 1 collection)',
      '',
      'c                                                                            new',
      '  + collection c',
      '  + index      u_1',
      '               unique',
      '  + index      a_1, b_1                         one build',
      '',
      'Plan: 4 to create.',
      'Undo: exact for all steps.',
      '',
    ].join('\n'),
  );
});

test('a new time series is told apart from its name', () => {
  const schema = schemaOf('{ c: { options: { timeseries: { timeField: t } } } }');
  expect(text({ schema })).toMatch(/^  \+ time series c$/m);
});

test.each([
  [
    'its filter',
    'partialFilterExpression: { b: 1 }',
    'partialFilterExpression: { b: 2 }',
    'where { b: 1 } → where { b: 2 }',
  ],
  [
    'how it compares',
    'collation: { locale: de }',
    'collation: { locale: de, strength: 2 }',
    'collation de, strength 2',
  ],
  ['an option', 'name: x', 'name: x, unique: true', 'plain → unique'],
  ['its name alone', 'name: x', 'name: y', 'was "x", bridge'],
])('an index that changes says what changes of it: %s', (_, before, after, words) => {
  const [old, wanted] = [before, after].map((rest) => schemaOf(`{ c: { indexes: [{ key: { a: 1 }, ${rest} }] } }`));
  const { name, key, options } = old!.collections[0]!.indexes[0]!;
  const c = { ...collectionOf(), indexes: { [name ?? 'a_1']: { key, options } } };
  const shown = text({
    live: { collections: { c } },
    schema: wanted!,
    ledger: ledgerOf(old!, { 'c.indexes.a_1': 'a_1' }),
  });
  expect(shown.replaceAll(/\s+/g, ' ')).toContain(words);
});
