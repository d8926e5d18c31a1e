import fc, { type Arbitrary } from 'fast-check';
import { encode } from '../../src/state/encode.ts';
import { decimalText, doubleText } from '../../src/state/numbers.ts';
import { type Doc, isDoc, isList, type Scalar, scalar, type Value } from '../../src/state/value.ts';

/** Generators of values and schemas; names come from small alphabets, so that what is generated meets. */

/**
 * `npm test` always takes the same seed, so that it says the same of the same code; `FC_SEED=random` (`npm run
 * test:random`) looks further, and `FC_SEED=N` repeats what a file said its seed was.
 */
const asked = process.env['FC_SEED'] ?? '2';
export const seed = asked === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(asked);
export const runs = { seed, numRuns: 200 } as const;

/** Counts what the generated cases hold, so that a law is not kept by cases without work. */
export function tally(): { count: (...what: readonly string[]) => void; share: (what: string) => number } {
  const counts = new Map<string, number>();
  const add = (what: string): Map<string, number> => counts.set(what, (counts.get(what) ?? 0) + 1);
  return {
    count: (...what) => ['all', ...new Set(what)].forEach(add),
    share: (what) => (counts.get(what) ?? 0) / (counts.get('all') ?? 1),
  };
}

const digits = (min: bigint, max: bigint): Arbitrary<string> => fc.bigInt({ min, max }).map(String);
const hex = (length: number): Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((all) => all.join(''));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(
    '',
    'null',
    '5',
    '0777',
    '2026-01-31',
    '~',
    ' a',
    'a: b # c',
    'a: b',
    '$x',
    'a\nb',
    '\u202e',
    '\u2028',
    '牛乳',
  ),
);
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 33n), max: 10n ** 33n }), fc.integer({ min: -60, max: 60 }))
  .map(([whole, exponent]) => decimalText(`${whole}E${exponent}`) ?? '0');

/** Scalars of every type, none of which is NaN or infinite. */
export const finiteScalars: Arbitrary<Scalar> = fc.oneof(
  fc.integer().map((value) => scalar('int', String(value))),
  digits(-(2n ** 63n), 2n ** 63n - 1n).map((value) => scalar('long', value)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => scalar('double', doubleText(value))),
  decimals.map((value) => scalar('decimal', value)),
  hex(24).map((value) => scalar('objectId', value)),
  fc
    .oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.integer({ min: 0, max: 4e12 }))
    .map((value) => scalar('date', String(value))),
  fc.tuple(digits(0n, 2n ** 32n - 1n), digits(0n, 2n ** 32n - 1n)).map(([t, i]) => scalar('timestamp', `${t}:${i}`)),
  fc
    .tuple(hex(2), fc.uint8Array({ maxLength: 6 }))
    .map(([kind, bytes]) => scalar('binary', `${kind}:${Buffer.from(bytes).toString('base64')}`)),
  fc.tuple(fc.constantFrom('', 'i', 'ims'), text).map(([options, pattern]) => scalar('regex', `${options}/${pattern}`)),
  text.map((value) => scalar('javascript', value)),
  text.map((value) => scalar('symbol', value)),
  fc.tuple(hex(24), text).map(([id, namespace]) => scalar('dbPointer', `${id}:${namespace}`)),
  fc.constantFrom(scalar('undefined', ''), scalar('minKey', ''), scalar('maxKey', '')),
);

const notFinite = fc
  .tuple(fc.constantFrom('double' as const, 'decimal' as const), fc.constantFrom('NaN', 'Infinity', '-Infinity'))
  .map(([type, value]) => scalar(type, value));

function valuesOf(scalars: Arbitrary<Scalar>, names: Arbitrary<string>): Arbitrary<Value> {
  return fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Value>(null, true, false),
      text,
      scalars,
      fc.array(tie('value'), { maxLength: 3 }),
      fc
        .uniqueArray(fc.tuple(names, tie('value')), { maxLength: 3, selector: ([name]) => name })
        .map((members) => new Map(members)),
    ),
  })).value;
}

const strangeNames = fc.constantFrom('z', '10', '2', 'a.b', '$doc', '$$doc', '$date2', 'type', 'text', '');

/** Every value that can stand in a plan, with names that JavaScript, JSON or Extended JSON could mistake. */
export const values = valuesOf(
  fc.oneof(finiteScalars, notFinite),
  fc.oneof(strangeNames, fc.constantFrom('$oid', '$numberInt', '__proto__', 'constructor', 'toString'), text),
);

/** Every value that can be declared. */
export const declarable = valuesOf(finiteScalars, strangeNames);

/** A value as flow YAML in which nothing is left to be guessed. */
export function flow(value: Value): string {
  if (isDoc(value)) return flowMap([...value].map(([name, item]) => [name, flow(item)]));
  return isList(value) ? `[${value.map(flow).join(', ')}]` : JSON.stringify(encode(value));
}

export function flowMap(members: readonly (readonly [name: string, value: string | false | null])[]): string {
  const there = members.filter(([, value]) => value !== false && value !== null);
  return `{ ${there.map(([name, value]) => `${JSON.stringify(name)}: ${String(value)}`).join(', ')} }`;
}

/** A declared field with a default, as it is written; `p` and `q` of the object `o` are nested. */
export interface FieldModel {
  readonly path: readonly string[];
  readonly type: string;
  readonly value: Value;
  readonly milestone: string | null;
}

export interface IndexModel {
  readonly key: readonly (readonly [path: string, direction: 1 | -1])[];
  readonly name: string | null;
  readonly on: readonly ('unique' | 'sparse' | 'hidden')[];
  readonly ttl: number | null;
  readonly milestone: string | null;
}

export interface CollectionModel {
  readonly name: string;
  readonly fields: readonly FieldModel[];
  readonly indexes: readonly IndexModel[];
}

export type SchemaModel = readonly CollectionModel[];

export const milestones = ['m2', 'm1'] as const;
const milestone = fc.option(fc.constantFrom(...milestones), { freq: 3, nil: null });

const typed: Arbitrary<readonly [string, Value]> = fc.oneof(
  fc.tuple(fc.constant('any'), fc.oneof(declarable.filter(isPlainEnough), fc.constant(null))),
  fc.tuple(fc.constant('string'), text),
  fc.integer({ min: 0, max: 3 }).map((value) => ['int', scalar('int', String(value))] as const),
  fc.boolean().map((value) => ['bool', value] as const),
);

/** What a server stores in a document and its driver writes: no undefined, no DBPointer; no names that a server refuses. */
function isPlainEnough(value: Value): boolean {
  if (isDoc(value)) return [...value].every(([name, item]) => /^[a-z0-9]+$/.test(name) && isPlainEnough(item));
  if (isList(value)) return value.every(isPlainEnough);
  if (value === null || typeof value !== 'object') return true;
  return ['int', 'long', 'double', 'decimal', 'objectId', 'date'].includes(value.type);
}

const topNames = ['a', 'b', 'c', '10', '2'] as const;
const field: Arbitrary<FieldModel> = fc
  .tuple(
    fc.constantFrom<readonly string[]>(...topNames.map((name) => [name]), ['o', 'p'], ['o', 'q']),
    typed,
    milestone,
  )
  .map(([path, [type, value], of]) => ({ path, type, value, milestone: of }));
const fields = fc.uniqueArray(field, { maxLength: 4, selector: ({ path }) => path.join('.') });

const keyPath = fc.constantFrom('a', 'a', 'a', 'b', 'b', 'o.p', '10', '2');
export const indexNames = ['x', 'y', 'a_1', 'b_1', '$oid', '$doc', '10', 'type', 'text'] as const;
const index: Arbitrary<IndexModel> = fc
  .record({
    key: fc.uniqueArray(fc.tuple(keyPath, fc.constantFrom<(1 | -1)[]>(1, 1, 1, -1)), {
      minLength: 1,
      maxLength: 2,
      selector: ([path]) => path,
    }),
    name: fc.option(fc.constantFrom(...indexNames), { freq: 2, nil: null }),
    on: fc.constantFrom<IndexModel['on'][]>([], [], [], ['unique'], ['sparse'], ['hidden'], ['unique', 'sparse']),
    ttl: fc.option(fc.constantFrom(60, 7200), { freq: 5, nil: null }),
    milestone,
  })
  .map((made) => ({ ...made, ttl: made.key.length === 1 ? made.ttl : null }));

export const labelOf = ({ name, key }: IndexModel): string => name ?? key.map((part) => part.join('_')).join('_');
/** What a server from 5.0 on tells indexes apart by, beside their names. */
export const signatureOf = ({ key, on }: IndexModel): string =>
  JSON.stringify([key, on.includes('unique'), on.includes('sparse')]);

/** As many of the indexes as can stand side by side. */
export function sideBySide(indexes: readonly IndexModel[]): readonly IndexModel[] {
  return indexes.filter((one, at) =>
    indexes.slice(0, at).every((other) => labelOf(other) !== labelOf(one) && signatureOf(other) !== signatureOf(one)),
  );
}

const collection = (names: readonly string[]): Arbitrary<CollectionModel> =>
  fc.record({
    name: fc.constantFrom(...names),
    fields,
    indexes: fc.array(index, { maxLength: 4 }).map(sideBySide),
  });

const collectionNames = ['a', 'b.c', '10', '2'] as const;

export const schemas: Arbitrary<SchemaModel> = fc.uniqueArray(collection(collectionNames), {
  maxLength: 3,
  selector: ({ name }) => name,
});

/** One file's text; members stand in the order of the model. */
export function schemaText(model: SchemaModel, withMilestones = true): string {
  const head = withMilestones ? `milestones: ${flowMap(milestones.map((id) => [id, `"Title of ${id}"`]))}\n` : '';
  const body = model.map((one): [string, string] => [one.name, collectionText(one)]);
  return `version: 1\n${head}collections: ${flowMap(body)}\n`;
}

const named = (id: string | null): string | null => (id === null ? null : JSON.stringify(id));

function fieldText({ type, value, milestone: of }: FieldModel): string {
  return flowMap([
    ['type', type],
    ['nullable', value === null && type !== 'any' ? 'true' : false],
    ['default', flow(value)],
    ['milestone', named(of)],
  ]);
}

function collectionText(model: CollectionModel): string {
  const inner = model.fields.filter(({ path }) => path.length > 1);
  const nested = flowMap(inner.map((each) => [each.path[1] as string, fieldText(each)]));
  const tops = [...new Set(model.fields.map(({ path }) => path[0] as string))];
  const own = new Map(model.fields.filter(({ path }) => path.length === 1).map((each) => [each.path[0], each]));
  return flowMap([
    [
      'fields',
      flowMap(
        tops.map((name) => {
          const found = own.get(name);
          return [name, found === undefined ? `{ type: object, fields: ${nested} }` : fieldText(found)];
        }),
      ),
    ],
    ['indexes', `[${model.indexes.map(indexText).join(', ')}]`],
  ]);
}

function indexText({ key, name, on, ttl, milestone: of }: IndexModel): string {
  return flowMap([
    ['key', flowMap(key.map(([path, direction]) => [path, String(direction)]))],
    ['name', named(name)],
    ...on.map((option) => [option, 'true'] as const),
    ['expireAfterSeconds', ttl === null ? null : String(ttl)],
    ['milestone', named(of)],
  ]);
}

/** A document in parts: which of the top-level names are there, and with what. */
export const documents: Arbitrary<readonly Doc[]> = fc
  .array(
    fc.uniqueArray(
      fc.tuple(
        fc.constantFrom(...topNames, 'o', 'z'),
        fc.oneof(
          fc.integer({ min: 0, max: 99 }).map((value): Value => scalar('int', String(value))),
          fc.constant(null),
          text,
        ),
      ),
      { maxLength: 6, selector: ([name]) => name },
    ),
    { maxLength: 6 },
  )
  .chain((bare) =>
    fc.array(fc.boolean(), { minLength: bare.length, maxLength: bare.length }).map((nests) =>
      bare.map((members, at): Doc => {
        const within = (name: string, value: Value): Value =>
          name === 'o' && nests[at] === true ? new Map<string, Value>(at % 2 === 0 ? [['p', value]] : []) : value;
        return new Map([
          ['_id', scalar('int', String(at))],
          ...members.map(([name, value]) => [name, within(name, value)] as const),
        ]);
      }),
    ),
  );
