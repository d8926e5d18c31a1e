import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvents } from '../../src/state/yaml/events.ts';
import type { YamlNode } from '../../src/state/yaml/node.ts';
import { sourceFile } from '../../src/state/yaml/place.ts';
import { readYaml } from '../../src/state/yaml/read.ts';
import { runs, schemas, schemaText, seed, tally } from '../support/generators.ts';

console.log(`test/property/yaml: FC_SEED=${seed}`);

/** A node as both readers must see it; where a block scalar or a collection ends only the exact one knows. */
function seen(node: YamlNode): unknown {
  const { kind, start, end } = node;
  if (kind === 'list') return { start, items: node.items.map(seen) };
  if (kind === 'map') {
    return { start, entries: [...node.entries.values()].map(({ name, key, value }) => [name, key.start, seen(value)]) };
  }
  const isFlow = node.plain || /["']/.test(node.file.text[start] ?? '');
  return { text: node.text, plain: node.plain, value: node.value, place: isFlow ? [start, end] : 'a block' };
}

function quick(text: string): unknown {
  const node = readEvents(sourceFile('s.yaml', text));
  return node === null ? null : seen(node);
}

function exact(text: string): unknown {
  const found: string[] = [];
  const node = readYaml(sourceFile('s.yaml', text), (code, _place, message) => void found.push(`${code} ${message}`));
  return node === null || found.length > 0 ? found : seen(node);
}

const cases = new URL('../cases/', import.meta.url);
const files = readdirSync(cases).filter((name) => name.endsWith('.yaml'));
const texts = files.map((name) => readFileSync(new URL(name, cases), 'utf8'));
const schema = readFileSync(new URL('../../schema/collections.yaml', import.meta.url), 'utf8');

/** Every kind of scalar, collection, comment and line end that people write. */
const ordinary = [
  "a: |\n  x\n  y\nb: >-\n  t\n   u\n\n  v\nc: \"x\n  y\"\nd: 'it''s'\ne:\n- 1\n- [a, b: c]\n- - x\n  - y\n",
  'f: {a: 1, "b":2}\ni: a b\n  c d\nj:\n  - b: 1\n    c: 2\n  -\n    d: 3\n# x\ne: f # g\n"k": v\n\'l\': w\n',
  '---\na: "\\x41\\u00e9\\U0001F600\\n"\nb: é😀\nc: [ x,\n y,\n  z ]\nd: { x: [1], y: {z: 1}, }\n',
  '\uFEFFa: 1\r\nb:\r\n  - no\r\n  - 1.50\r\n  - "2024"\r\n  - ~\r\n  - 9007199254740993\r\n"2024": x\r\n"10": y\r\n',
];

describe('files that the quick reader takes', () => {
  test.each([...ordinary, schema, ...texts].map((text, at) => [at, text] as const))('%i', (_at, text) => {
    const found = quick(text);
    expect(found).not.toBeNull();
    expect(found).toEqual(exact(text));
  });

  test('every generated schema', () => {
    fc.assert(
      fc.property(schemas, (declared) => {
        const text = schemaText(declared);
        expect(quick(text)).not.toBeNull();
        expect(quick(text)).toEqual(exact(text));
      }),
      runs,
    );
  });
});

/** What js-yaml 5.5 takes, and means otherwise than YAML does or should have refused; found by the property below. */
const refused: readonly (readonly [what: string, text: string])[] = [
  ['a tab that indents', 'k: \n- a\n\t\n\tb: 1\n'],
  ['a tab between items', 'k: b\n\t\n   a: 1\n'],
  ['a carriage return alone', 'k: b\rc: d\n'],
  ['a carriage return at the end', 'k: b\r'],
  ['a byte order mark within', '# x\n\uFEFFk: b\n'],
  ['an indented document marker', '  ---\nk: 1\n'],
  ['a document marker with a map behind it', '--- { k: 1 }\n'],
  ['an end marker with a map behind it', '... k: 1\n'],
  ['a key behind a quoted value', 'k:\n- "a" b: 1\n'],
  ['a key right behind a quoted value', "k: \n- 'a'c: \n- b\n"],
  ['the indentation of a block in figures', 'k: |2\n    \nc: 1\n'],
  ['a block of nothing but spaces at the end', 'k: >+\n\n   '],
  ['half a character in a comment', '# \ud800\nk: 1\n'],
  ['half a character, escaped', 'k: "\\ud800"\n'],
  ['an anchor', 'a: &x 1\n'],
  ['an alias', 'a: &x 1\nb: *x\n'],
  ['a tag', 'a: !!str 5\n'],
  ['a merge key', 'a: &x {}\nb: { <<: *x }\n'],
  ['a directive', '%YAML 1.2\n---\na: 1\n'],
  ['a second document', 'a: 1\n---\nb: 1\n'],
  ['no value', 'a:\nb: 1\n'],
  ['no key', '? \n: 1\n'],
  ['the same key twice', 'a: 1\n"a": 2\n'],
  ['a number as key', '2024: 1\n'],
  ['null as key', '~: 1\n'],
  ['a list as key', '? [a]\n: 1\n'],
  ['__proto__', '__proto__: 1\n'],
  ['NUL in a key', '"a\\0": 1\n'],
  ['a leading zero', 'a: 0777\n'],
  ['hexadecimal', 'a: 0x1F\n'],
  ['1e400', 'a: 1e400\n'],
  ['beyond int64', 'a: 9223372036854775808\n'],
  ['a list', '- a\n'],
  ['an empty file', ''],
  ['101 levels', `a: ${'['.repeat(101)}${']'.repeat(101)}\n`],
];

test.each(refused)('the quick reader leaves to the exact one: %s', (_what, text) => {
  expect(quick(text)).toBeNull();
});

/** Pieces that mean something to a YAML reader, alone or in the wrong place. */
const pieces = [
  ...[':', ': ', ' ', '  ', '\n', '\n  ', '- ', '-', '? ', '?', '#', ' #', '"', "'", '{', '}', '[', ']', ',', ', '],
  ...['|', '>', '|\n', '>-\n', '>+\n\n', '|-\n    ', '&a', '*a', '!', '!!str ', '%', '---', '...', '--- ', '\n---\n'],
  ...['@', '`', '\r\n', '~', '<<', '\\', '0x1', '1.5', 'no', '\u00a0', '\u2028', '\u0085', '\u007f', 'é', '😀', 'x'],
  ...[
    'a:',
    'b: ',
    '\n- ',
    '\n\n',
    '"a":b',
    'a:b',
    ' :',
    '::',
    'null',
    "''",
    '""',
    '\n   ',
    "'a' b: c",
    '\n- "a" b: 1\n',
  ],
  ...['\n- {} b: c\n', '[] ', '{} ', '? a\n: b\n', '\t', '\uFEFF', '\0'],
];
const piece = fc.constantFrom(...pieces);
const lines = [...ordinary, schema, ...texts].flatMap((text) => {
  const all = text.split('\n');
  return all.map((_, at) => all.slice(at, at + 8).join('\n'));
});
const edit = fc.record({ at: fc.nat(), cut: fc.nat({ max: 3 }), put: fc.oneof(piece, fc.constant('')) });
const edited = fc.tuple(fc.constantFrom(...lines), fc.array(edit, { maxLength: 3 })).map(([text, edits]) =>
  edits.reduce((now, { at, cut, put }) => {
    const from = at % (now.length + 1);
    return now.slice(0, from) + put + now.slice(from + cut);
  }, text),
);
const composed = fc.array(piece, { maxLength: 14 }).map((found) => `k: ${found.join('')}`);

test('what the quick reader takes, the exact one takes, and reads the same', () => {
  const { count, share } = tally();
  fc.assert(
    fc.property(fc.oneof(edited, composed), (text) => {
      const found = quick(text);
      count(found === null ? 'left' : 'taken');
      if (found !== null) expect(found).toEqual(exact(text));
    }),
    { ...runs, numRuns: 5000 },
  );
  expect(share('taken')).toBeGreaterThan(0.1);
});
