import { describe, expect, test } from 'vitest';
import { expectRefused, findings, parseText } from './support.ts';

type Row = readonly [what: string, text: string, ...expected: string[]];

const file = (collections: string): string => `version: 1\ncollections: ${collections}\n`;
const literal = (text: string): string => file(`{ c: { fields: { f: { default: ${text} } } } }`);

/** What is no plain YAML map of text keys; ‸ marks where the finding must point. */
const rows: readonly Row[] = [
  ['an empty file', '‸', 'SCH2120 the file is empty | a schema begins with "version: 1"'],
  ['only comments', '‸# nothing\n', 'SCH2120 the file is empty'],
  ['a scalar', '‸hello\n', 'SCH2120 the file is not a map of declarations'],
  ['a list', '‸- a\n', 'SCH2120 the file is not a map'],
  ['null', '‸null\n', 'SCH2120 the file is not a map'],
  ['no collections', '‸version: 1\n', 'SCH2120 no file declares "collections"'],
  ['a broken flow map', file('{ c: {}‸'), 'SCH2101 Flow map'],
  [
    'tabs for indentation',
    'version: 1\ncollections:\n‸\tc: {}\n',
    'SCH2101 Tabs are not allowed as indentation | indent with spaces',
  ],
  ['several documents', `${file('{}')}---\n‸${file('{}')}`, 'SCH2109 a second YAML document begins here'],
  ['a directive', `‸%YAML 1.1\n---\n${file('{}')}`, 'SCH2109 YAML directives are not supported'],
  [
    'a duplicate key',
    'version: 1\ncollections:\n  c: {}\n  d: {}\n  ‸c: {}\n',
    'SCH2102 "c" is written twice in one map | first at s.yaml:3',
  ],
  ['a merge key', file('{ a: &a {}, b: { ‸<<: *a } }'), 'SCH2109 merge keys (<<) are not supported'],
  ['an alias without anchor', file('{ c: ‸*nope }'), 'SCH2109 no anchor &nope stands before this alias'],
  ['a circular alias', file('&x { c: ‸*x }'), 'SCH2109 the alias *x contains itself'],
  [
    'a function tag',
    file('{ c: { description: !!js/function ‸"x" } }'),
    'SCH2109 the tag tag:yaml.org,2002:js/function is not supported',
  ],
  ['a local tag', file('{ c: !thing ‸{} }'), 'SCH2109 the tag !thing is not supported'],
  [
    '!!binary',
    file('{ c: { description: !!binary ‸aGk= } }'),
    'SCH2109 the tag tag:yaml.org,2002:binary is not supported | write { $binary',
  ],
  ['!!set', file('!!set ‸{ a, b }'), 'SCH2109 the tag tag:yaml.org,2002:set'],
  [
    'a number as key',
    file('{ c: { fields: { ‸2024: { type: int } } } }'),
    'SCH2109 the key 2024 is not text | quote it: "2024"',
  ],
  [
    'an unquoted milestone',
    'version: 1\nmilestones: { ‸001: a }\ncollections: {}\n',
    'SCH2109 the key 001 is not text | quote it: "001"',
  ],
  ['null as key', file('{ ‸~: {} }'), 'SCH2109 the key ~ is not text'],
  ['true as key', file('{ ‸true: {} }'), 'SCH2109 the key true is not text'],
  ['a list as key', file('{ ? ‸[a] : {} }'), 'SCH2109 a key must be text'],
  ['an alias as key', file('{ &a a: {}, ‸*a : {} }'), 'SCH2109 a key must be text'],
  ['__proto__', file('{ ‸__proto__: {} }'), 'SCH2111 "__proto__" cannot be a name'],
  ['constructor', file('{ c: { fields: { ‸constructor: { type: int } } } }'), 'SCH2111 "constructor" cannot be a name'],
  ['prototype', literal('{ ‸prototype: 1 }'), 'SCH2111 "prototype" cannot be a name'],
  ['NUL in a key', file('{ ‸"a\\0b": {} }'), 'SCH2111 '],
  ['a lone surrogate', file('{ c: { description: "a‸\ud800" } }'), 'SCH2101 half of a character'],
  ['an escaped lone surrogate', file('{ c: { description: ‸"a\\ud800" } }'), 'SCH2101 half of a character'],
  [
    'a leading zero',
    literal('‸0777'),
    'SCH2114 0777 is ambiguous: YAML readers disagree on its value | quote it if text is meant: "0777"',
  ],
  ['a signed leading zero', literal('‸-08.5'), 'SCH2114 -08.5 is ambiguous'],
  ['hexadecimal', literal('‸0x1F'), 'SCH2114 0x1F is ambiguous'],
  ['octal', literal('‸0o17'), 'SCH2114 0o17 is ambiguous'],
  ['beyond int64', literal('‸9223372036854775808'), 'SCH2114 9223372036854775808 is beyond the largest whole number'],
  ['below int64', literal('‸-9223372036854775809'), 'SCH2114 -9223372036854775809 is beyond'],
  ['1e400', literal('‸1e400'), 'SCH2114 1e400 is too large for a double'],
  ['.nan', literal('‸.nan'), 'SCH2114 .nan is not a number that can be declared'],
  ['-.inf', literal('‸-.inf'), 'SCH2114 -.inf is not a number'],
];

describe('files that are refused as YAML', () => {
  test.each(rows)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});

const nested = (levels: number): string =>
  file(`{ c: { checks: { x: { where: ${'{ a: '.repeat(levels)}1${' }'.repeat(levels)} } } } }`);

describe('files that are too much', () => {
  test.each([
    ['50,000 open lists', `a: ${'['.repeat(50_000)}`],
    ['50,000 nested dashes', '- '.repeat(50_000)],
    ['50,000 open maps', '{a: '.repeat(50_000)],
    ['101 levels', nested(96)],
  ])('%s', (_what, text) => {
    expect(findings(parseText(text)).join('\n')).toMatch(
      /^\d+:\d+ SCH2110 nested deeper than 100 levels \| declare less within each other$/,
    );
  });

  test('just within the depth is fine', () => {
    expect(findings(parseText(nested(90)))).toEqual([]);
  });

  test('an alias bomb is refused once', () => {
    const level = (at: number): string =>
      `  c${at}: &a${at} [${Array(10)
        .fill(`*a${at - 1}`)
        .join(', ')}]`;
    const levels = Array.from({ length: 30 }, (_, at) => level(at + 1));
    const found = findings(parseText(`version: 1\ncollections:\n  c0: &a0 [x]\n${levels.join('\n')}\n`));
    expect(found.filter((line) => line.includes('SCH2110'))).toEqual([
      expect.stringMatching(/^8:\d+ SCH2110 aliases expand to more than 100000 values \| write out what is meant$/),
    ]);
  });

  test('aliases cannot nest deeper than the file may', () => {
    const deep = (inner: string): string => `${'['.repeat(60)}${inner}${']'.repeat(60)}`;
    const text = `version: 1\ncollections:\n  a: &a ${deep('x')}\n  b: ${deep('*a')}\n`;
    expect(findings(parseText(text)).join('\n')).toContain('SCH2110 the alias *a nests deeper than 100 levels');
  });

  test('a file over the size limit is refused unread', () => {
    expect(findings(parseText(`version: 1\n${'#'.repeat(33 * 1024 * 1024)}`))).toEqual([
      '1:1 SCH2110 the file is larger than 32 MiB | split it by collection',
    ]);
  });

  test('repeated keys are found among very many', () => {
    const keys = Array.from({ length: 40_000 }, (_, at) => `  c${at}: {}`).join('\n');
    const found = findings(parseText(`version: 1\ncollections:\n${keys}\n  c7: {}\n`));
    expect(found).toEqual([
      '40003:3 SCH2102 "c7" is written twice in one map | first at s.yaml:10; keep one of the two',
    ]);
  });
});
