import fc, { type Arbitrary } from 'fast-check';
import { BSON } from 'mongodb';
import { expect, test } from 'vitest';
import { fromBytes, toBson } from '../../src/database/bson.ts';
import { canonical, canonicalText, decode, encode, type Json } from '../../src/state/encode.ts';
import { emitSchema } from '../../src/state/emit.ts';
import { equalValues, isDoc, isList, isScalar, type Value } from '../../src/state/value.ts';
import { declarable, flow, flowMap, runs, schemas, schemaText, seed, tally, values } from '../support/generators.ts';
import { parsed } from './worlds.ts';

console.log(`test/property/values: FC_SEED=${seed}`);

function typesIn(value: Value): readonly string[] {
  if (isDoc(value)) return ['doc', ...[...value].flatMap(([name, item]) => [`name ${name}`, ...typesIn(item)])];
  if (isList(value)) return ['list', ...value.flatMap(typesIn)];
  return [isScalar(value) ? value.type : value === null ? 'null' : typeof value];
}

const all = (
  'null boolean string list doc int long double decimal objectId date timestamp binary regex javascript symbol ' +
  'undefined minKey maxKey dbPointer'
).split(' ');

test('the generated values are of every type, with the names that matter', () => {
  const { count, share } = tally();
  fc.assert(
    fc.property(fc.array(values, { minLength: 8, maxLength: 8 }), (found) => count(...found.flatMap(typesIn))),
    runs,
  );
  const rare = [...all, 'name 10', 'name $oid', 'name $doc', 'name __proto__'].filter((what) => share(what) === 0);
  expect(rare).toEqual([]);
});

test('a value comes back from JSON as it was, the order of its names included', () => {
  const check = (value: Value): void => {
    const again = decode(JSON.parse(JSON.stringify(encode(value))) as Json) as Value;
    expect(equalValues(again, value)).toBe(true);
    expect(canonicalText(encode(again))).toBe(canonical(value));
    expect(equalValues(decode(JSON.parse(canonical(value)) as Json) as Value, value)).toBe(true);
  };
  fc.assert(fc.property(values, check), { ...runs, numRuns: 1000 });
});

const records = fc.dictionary(
  fc.oneof(
    fc.constantFrom('$doc', '$oid', '$$doc', '$numberInt', '10', 'type', 'text', '$'),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  ),
  values,
  { maxKeys: 4 },
);

test('so does a record with names of any kind', () => {
  const check = (record: Record<string, Value>): void => {
    const again = decode(JSON.parse(canonical(record)) as Json) as Record<string, Value>;
    expect(new Set(Object.keys(again))).toEqual(new Set(Object.keys(record)));
    for (const [name, value] of Object.entries(record)) expect(equalValues(again[name] as Value, value)).toBe(true);
  };
  fc.assert(fc.property(records, check), { ...runs, numRuns: 500 });
});

test('two values have one canonical text only if they are equal', () => {
  const check = (a: Value, b: Value): void => {
    expect(canonical(a) === canonical(b)).toBe(equalValues(a, b));
  };
  fc.assert(fc.property(values, values, check), runs);
});

const sendable = (value: Value): boolean =>
  typesIn(value).every((type) => !['undefined', 'dbPointer'].includes(type)) &&
  !JSON.stringify(flow(value)).includes('\\u0000');

test('a value comes back from BSON as it was', () => {
  const check = (value: Value): void => {
    const document = new Map([['v', value]]);
    const again = fromBytes(BSON.serialize(toBson(document) as Map<string, unknown>));
    expect(equalValues(again, document)).toBe(true);
  };
  fc.assert(fc.property(values.filter(sendable), check), { ...runs, numRuns: 500 });
});

function expectSame(text: string): string {
  const schema = parsed({ path: 's.yaml', text });
  const written = emitSchema(schema);
  const again = parsed({ path: 's.yaml', text: written });
  expect(again).toEqual(schema);
  expect(canonical(again)).toBe(canonical(schema));
  expect(emitSchema(again)).toBe(written);
  return written;
}

test('a schema that is written as YAML reads the same', () => {
  const { count, share } = tally();
  const check = (text: string): void => {
    const written = expectSame(text);
    count(...['default', 'unique', 'name:', 'milestone', 'fields'].filter((word) => written.includes(word)));
  };
  fc.assert(
    fc.property(
      schemas.map((model) => schemaText(model)),
      check,
    ),
    runs,
  );
  for (const word of ['default', 'unique', 'name:', 'milestone', 'fields']) expect(share(word)).toBeGreaterThan(0.2);
});

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !/\p{Surrogate}/u.test(text)),
  fc.constantFrom(
    'no',
    'on',
    '1e3',
    '0x1F',
    '.5',
    '- a',
    'a:',
    'a: b',
    '? b',
    '&a',
    '*a',
    '!t',
    '%x',
    '@y',
    '`',
    '"',
    "'",
    '|',
    '>',
    '{',
    '<<',
    '=',
  ),
);
const quoted = words.map((text) => JSON.stringify(text));
const typed: Arbitrary<string> = fc
  .oneof(
    fc.tuple(fc.constant('any'), declarable.map(flow)),
    fc.tuple(fc.constant('string'), quoted),
    fc.tuple(
      fc.constantFrom('int', 'long', 'double', 'decimal', 'number', '[long, int]', '[decimal, double]'),
      fc.integer().map(String),
    ),
    fc.tuple(
      fc.constantFrom('double', 'number', 'decimal', '[int, double]'),
      fc.constantFrom('0.5', '-1.25', '1e300', '-0.0', '1.10'),
    ),
    fc.tuple(fc.constantFrom('date', '[date, string]'), fc.constantFrom('2026-01-31', '2026-01-31T12:00:00+02:00')),
    fc.tuple(
      fc.constant('object'),
      fc
        .uniqueArray(
          fc.tuple(
            words.filter((name) => !/^(?:__proto__|constructor|prototype)$|\0/.test(name)),
            quoted,
          ),
          { maxLength: 3, selector: ([name]) => name },
        )
        .filter((members) => members.length !== 1)
        .map(flowMap),
    ),
    fc.tuple(
      fc.constant('array, items: { type: long }'),
      fc.array(fc.integer().map(String), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    ),
  )
  .map(([type, value]) => `{ type: ${type}, default: ${value} }`);

test('every default and every text that can be declared reads the same', () => {
  const check = (fields: readonly string[], description: string, pattern: string): void => {
    const members = fields.map((field, at) => [`f${at}`, field] as const);
    expectSame(
      `version: 1\nmilestones: { "1": ${description} }\ncollections: { c: { description: ${description}, fields: ${flowMap(
        [...members, ['p', `{ type: string, enum: [${description}], pattern: ${pattern} }`]],
      )}, checks: { "k": { where: { x: ${description}, "1": null } } } } }\n`,
    );
  };
  const pattern = words.map((text) => JSON.stringify(`^${text.replace(/[\\^$.*+?()[\]{}|\0]/g, '\\.')}$`));
  fc.assert(fc.property(fc.array(typed, { maxLength: 4 }), quoted, pattern, check), { ...runs, numRuns: 400 });
});
