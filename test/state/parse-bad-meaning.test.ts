import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseSchema } from '../../src/state/parse.ts';
import { expectRefused, findings, parseText } from './support.ts';

const file = (collections: string): string => `version: 1\ncollections: ${collections}\n`;
const collection = (body: string): string => file(`{ c: ${body} }`);
const field = (body: string): string => collection(`{ fields: { f: ${body} } }`);
const index = (...bodies: readonly string[]): string => collection(`{ indexes: [${bodies.join(', ')}] }`);
const check = (body: string): string => collection(`{ checks: { k: ${body} } }`);
const link = (from: string, to: string, rest: string): string =>
  file(`{ o: { fields: { a: ${from} }, links: { l: ${rest} } }, t: { fields: { id: ${to} } } }`);

type Row = readonly [what: string, text: string, ...expected: string[]];

const names: readonly Row[] = [
  ['empty collection name', file('{ ‸"": {} }'), 'SCH2111 a collection needs a name'],
  ['$ in a collection name', file('{ ‸a$b: {} }'), 'SCH2111 the collection name "a$b" holds $'],
  ['system.', file('{ ‸system.users: {} }'), 'SCH2111 "system.users" is one of MongoDB\'s own'],
  ['our own', file('{ ‸schemactl_runs: {} }'), 'SCH2111 "schemactl_runs" is one of schemactl\'s own'],
  ['a leading dot', file('{ ‸.a: {} }'), 'SCH2111 the collection name ".a" begins or ends with a dot'],
  ['201 bytes', file(`{ ‸${'a'.repeat(201)}: {} }`), 'SCH2111 a collection name is longer than 200 bytes'],
  [
    '102 characters of two bytes',
    file(`{ ‸${'é'.repeat(102)}: {} }`),
    'SCH2111 a collection name is longer than 200 bytes',
  ],
  ['empty field name', collection('{ fields: { ‸"": {} } }'), 'SCH2111 a field needs a name'],
  [
    'a dot in a field name',
    collection('{ fields: { ‸a.b: {} } }'),
    'SCH2111 the field name "a.b" holds a dot | declare nested fields',
  ],
  ['a trailing dot', collection('{ fields: { ‸a.: {} } }'), 'SCH2111 the field name "a." holds a dot'],
  ['$ before a field name', collection('{ fields: { ‸$a: {} } }'), 'SCH2111 the field name "$a" begins with $'],
  [
    'deep in items',
    field('{ type: array, items: { type: object, fields: { ‸$a: {} } } }'),
    'SCH2111 the field name "$a"',
  ],
  ['an empty step in an index key', index('{ key: { ‸a..b: 1 } }'), 'SCH2111 the field path "a..b" has an empty step'],
  ['a trailing dot in an index key', index('{ key: { ‸a.: 1 } }'), 'SCH2111 the field path "a." has an empty step'],
  ['$ in an index key', index('{ key: { ‸a.$b: 1 } }'), 'SCH2111 the field path "a.$b" has the step "$b"'],
  ['$** before the end', index('{ key: { ‸a.$**.b: 1 } }'), 'SCH2111 the field path "a.$**.b"'],
  ['the name of the index on _id', index('{ key: { a: 1 }, name: ‸_id_ }'), 'SCH2111 "_id_" cannot be the name'],
  ['a star as index name', index('{ key: { a: 1 }, name: ‸"*" }'), 'SCH2111 "*" cannot be the name'],
  [
    'a milestone that is not declared',
    'version: 1\nmilestones: { "001": x }\ncollections: { c: { milestone: ‸"002" } }\n',
    'SCH2113 the milestone "002" is not declared | did you mean "001"?',
  ],
  [
    'of an index',
    index('{ key: { a: 1 }, milestone: ‸m }'),
    'SCH2113 the milestone "m" is not declared | declare it under "milestones"',
  ],
  [
    'a format that is not declared',
    field('{ type: string, format: ‸emial }'),
    'SCH2113 the format "emial" is not declared | did you mean "email"?',
  ],
  [
    'a format that is built in',
    `version: 1\nformats: { ‸uuid: x }\ncollections: {}\n`,
    'SCH2112 the format "uuid" is built in',
  ],
];

const links: readonly Row[] = [
  [
    'an undeclared collection',
    link('{}', '{}', '{ field: a, references: ‸x.id }'),
    'SCH2107 o.links.l references x.id, but no collection "x" is declared',
  ],
  [
    'a misspelt collection',
    link('{}', '{}', '{ field: a, references: ‸tt.id }'),
    'SCH2107 o.links.l references tt.id, but no collection "tt" is declared | did you mean "t"?',
  ],
  [
    'no field named',
    link('{}', '{}', '{ field: a, references: ‸t }'),
    'SCH2107 o.links.l references t, but no collection "t" is declared | write t.FIELD',
  ],
  [
    'an undeclared target field',
    link('{}', '{}', '{ field: a, references: ‸t.ix }'),
    'SCH2107 o.links.l references t.ix, but "t" declares no field "ix" | did you mean "id"?',
  ],
  [
    'an undeclared field',
    link('{}', '{}', '{ field: ‸b, references: t.id }'),
    'SCH2107 o.links.l stands on the field "b", which "o" does not declare (it references t.id)',
  ],
  [
    'types that differ',
    link('{ type: string }', '{ type: objectId }', '{ field: a, references: ‸t.id }'),
    'SCH2118 o.links.l: o.a is string, and t.id is objectId',
  ],
  [
    'null in common only',
    link('{ type: [string, "null"] }', '{ type: [int, "null"] }', '{ field: a, references: ‸t.id }'),
    'SCH2118',
  ],
  [
    'items that differ',
    link('{ type: array, items: { type: int } }', '{ type: string }', '{ field: a, references: ‸t.id }'),
    'SCH2118',
  ],
];

const checks: readonly Row[] = [
  ['no rule', collection('{ checks: { ‸k: { severity: low } } }'), 'SCH2103 the check "k" has no rule'],
  ['two rules', check('{ where: {}, ‸duplicate: [a] }'), 'SCH2116 the check "k" has both "where" and "duplicate"'],
  ['a sum alone', check('{ where: {}, ‸sum: a }'), 'SCH2116 "sum" belongs to "duplicate"'],
  ['a path with $', check('{ duplicate: [a, ‸$b] }'), 'SCH2111 the field path "$b"'],
  ['$where', check('{ where: { $or: [{ ‸$where: "1" }] } }'), 'SCH2117 "$where" runs JavaScript'],
  ['$function', check('{ where: { $expr: { ‸$function: { body: "", args: [], lang: js } } } }'), 'SCH2117 "$function"'],
  ['$accumulator', check('{ pipeline: [{ $group: { _id: 1, x: { ‸$accumulator: {} } } }] }'), 'SCH2117 "$accumulator"'],
  ['code', check('{ where: { a: { ‸$code: "1" } } }'), 'SCH2117 "$code" runs JavaScript'],
  ['$out', check('{ pipeline: [{ ‸$out: x }] }'), 'SCH2117 "$out" writes, and a rule may only read'],
  [
    '$merge within',
    check('{ pipeline: [{ $lookup: { from: x, pipeline: [{ ‸$merge: x }], as: y } }] }'),
    'SCH2117 "$merge"',
  ],
  ['no stage', check('{ pipeline: [{ ‸match: {} }] }'), 'SCH2103 "match" is not a pipeline stage'],
];

describe.each([
  ['names', names],
  ['links', links],
  ['checks', checks],
])('what cannot be meant: %s', (_kind, rows) => {
  test.each(rows)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});

describe('several files', () => {
  const found = (...texts: readonly string[]): readonly string[] =>
    parseSchema(texts.map((text, at) => ({ path: `${at}.yaml`, text }))).diagnostics.map(
      ({ file: path, line, column, message }) => `${path}:${line}:${column} ${message}`,
    );

  test.each([
    [
      'a collection',
      file('{ c: {} }'),
      file('{ c: {} }'),
      '1.yaml:2:16 the collection "c" is declared twice (first at 0.yaml:2)',
    ],
    [
      'milestones',
      `${file('{}')}milestones: {}\n`,
      `${file('{}')}milestones: {}\n`,
      '1.yaml:3:1 "milestones" stands in two files (first at 0.yaml:3)',
    ],
    [
      'defaults',
      `${file('{}')}defaults: {}\n`,
      `${file('{}')}defaults: {}\n`,
      '1.yaml:3:1 "defaults" stands in two files (first at 0.yaml:3)',
    ],
    [
      'a format',
      `${file('{}')}formats: { a: x }\n`,
      `${file('{}')}formats: { a: x }\n`,
      '1.yaml:3:12 the format "a" is declared twice (first at 0.yaml:3)',
    ],
  ])('%s in two of them', (_what, first, second, expected) => {
    expect(found(first, second)).toEqual([expected]);
  });

  test('while one cannot be read, what it may declare is not missed', () => {
    expect(found('version: 1\ncollections: [', link('{}', '{}', '{ field: a, references: x.id }'))).toEqual([
      expect.stringContaining('0.yaml:2:'),
    ]);
  });

  test('none is an error, never an empty schema', () => {
    expect(parseSchema([])).toMatchObject({ schema: null, diagnostics: [{ code: 'SCH2120' }] });
  });
});

interface Case {
  readonly desired: unknown;
  readonly expect: { readonly invalid: readonly string[] };
}

/** Files of which each message must name the given words; shared with the tests on a real server. */
describe('invalid cases', () => {
  test.each(['duplicate-yaml-key', 'link-target', 'partial-and-sparse', 'same-index-twice', 'unknown-option'])(
    '%s',
    (name) => {
      const { desired, expect: expected } = parse(
        readFileSync(new URL(`../cases/invalid-${name}.yaml`, import.meta.url), 'utf8'),
      ) as Case;
      const text = typeof desired === 'string' ? desired : JSON.stringify(desired);
      const parsed = parseText(text);
      expect(parsed.schema).toBeNull();
      for (const word of expected.invalid) expect(findings(parsed).join('\n')).toContain(word);
    },
  );
});
