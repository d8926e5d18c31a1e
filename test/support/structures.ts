import fc, { type Arbitrary } from 'fast-check';
import semver from 'semver';
import { parseSchema } from '../../src/state/parse.ts';
import type { Schema } from '../../src/state/types.ts';

/** Generated structures as they are declared: plain data, which is YAML. */
type Declared = Readonly<Record<string, unknown>>;
export type Structure = Readonly<Record<string, Declared>>;

const some = <T>(...values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values);

const collations = some<Declared>(
  { locale: 'fr' },
  { locale: 'fr', strength: 2 },
  { locale: 'fr_CA' },
  { locale: 'en_US', caseLevel: true },
  { locale: 'simple' },
);
const filters = some<Declared>(
  { a: { $gte: 0 } },
  { a: { $gte: 1 } },
  { b: 's1', a: { $exists: true } },
  { $and: [{ a: { $gte: 0 } }, { b: { $gt: '' } }] },
  { b: { $gt: '' }, a: { $gte: 0 } },
  {},
);

const plainKeys = some<Declared>(
  { a: 1 },
  { a: -1 },
  { a: 1, b: 1 },
  { b: 1, a: -1 },
  { 'o.p': 1 },
  { '2024': 1, a: 1 },
);
const flagged = (share: number): Arbitrary<boolean | undefined> =>
  fc.option(some(true), { freq: share, nil: undefined });

const plain = fc.record({
  key: plainKeys,
  sparse: flagged(4),
  hidden: flagged(4),
  collation: fc.option(collations, { freq: 3, nil: undefined }),
});
const partial = fc.record({ key: plainKeys, partialFilterExpression: filters, hidden: flagged(5) });
const unique = fc.record({
  key: some<Declared>({ u: 1 }, { u: 1, a: 1 }),
  unique: some(true, true, undefined),
  sparse: flagged(3),
  hidden: flagged(5),
});
const uniquePartial = fc.record({
  key: some<Declared>({ u: 1 }),
  unique: some(true, undefined),
  partialFilterExpression: filters,
});
const ttl = fc.record({
  key: some<Declared>({ at: 1 }),
  expireAfterSeconds: some(undefined, 3600, 86_400, 1_500_000_000),
  hidden: flagged(5),
});
const text = fc.record({
  key: some<Declared>({ txt: 'text' }, { a: 1, txt: 'text', b: 'text' }, { b: 'text', txt: 'text' }, { '$**': 'text' }),
  weights: some<unknown>(undefined, { txt: 3 }, { txt: 3, b: 1 }),
  default_language: some(undefined, 'english', 'french', 'none'),
  language_override: some(undefined, 'lang'),
});
const geo = fc.oneof(
  fc.record({ key: some<Declared>({ loc: '2d' }), bits: some(undefined, 26, 20), min: some(undefined, -180, -200) }),
  fc.record({ key: some<Declared>({ loc: '2dsphere' }, { a: 1, loc: '2dsphere' }), sparse: flagged(3) }),
);
const hashed = fc.record({ key: some<Declared>({ a: 'hashed' }, { b: 1, a: 'hashed' }), hidden: flagged(4) });
const wildcard = fc.record({
  key: some<Declared>({ '$**': 1 }),
  wildcardProjection: some<unknown>(undefined, { a: 1 }, { 'o.p': 1 }, { o: { p: true } }, { b: 0 }, { _id: 1, a: 1 }),
});
const nested = fc.record({ key: some<Declared>({ 'o.$**': 1 }), hidden: flagged(3) });

const index = fc
  .tuple(
    fc.oneof(plain, plain, partial, unique, uniquePartial, ttl, text, geo, hashed, wildcard, nested),
    fc.option(some('x', 'y', 'z'), { freq: 2, nil: undefined }),
  )
  .map(([own, name]): Declared => clean({ ...own, name }));

/** Without what is undefined. */
const clean = (record: Declared): Declared =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

const validators = some<Declared>(
  {},
  {},
  { validator: { a: { $exists: true } } },
  { validator: { $jsonSchema: { required: ['a'], properties: { a: { bsonType: ['int', 'double'] } } } } },
  { validator: { a: { $exists: true } }, validation: { level: 'moderate', action: 'error' } },
  { validator: { zz: 5 }, validation: { level: 'moderate', action: 'warn' } },
  { validator: { zz: 5 }, validation: { level: 'off', action: 'error' } },
  {
    validation: { level: 'strict', action: 'error' },
    fields: { a: { type: 'int', minimum: 0 }, b: { type: 'string' } },
  },
  { validation: { absent: true } },
);

const optionsFor = (version: string): Arbitrary<Declared> =>
  some<Declared>(
    {},
    {},
    {},
    { collation: { locale: 'fr' } },
    { collation: { locale: 'en_US', strength: 2 } },
    { capped: true, size: 100_000 },
    { capped: true, size: 200_000, max: 500 },
    { capped: true, size: 300_000, max: 900 },
    ...(semver.gte(version, '6.0.0')
      ? [
          { changeStreamPreAndPostImages: { enabled: true } },
          { changeStreamPreAndPostImages: { enabled: false } },
          { clusteredIndex: { key: { _id: 1 }, unique: true } },
          { clusteredIndex: { key: { _id: 1 }, unique: true, name: 'mine' } },
          { clusteredIndex: { key: { _id: 1 }, unique: true }, expireAfterSeconds: 1_500_000_000 },
          { clusteredIndex: { key: { _id: 1 }, unique: true }, expireAfterSeconds: 3600 },
        ]
      : [{ recordPreImages: true }]),
  );

const plainCollection = (version: string): Arbitrary<Declared> =>
  fc
    .tuple(optionsFor(version), validators, fc.array(index, { maxLength: 5 }))
    .map(([options, validator, indexes]) => clean({ options, ...validator, indexes }));

const view = some<Declared>(
  { options: { viewOn: 'p', pipeline: [{ $match: { a: 1 } }] } },
  { options: { viewOn: 'p', pipeline: [{ $match: { a: { $gt: 1 } } }, { $project: { b: 1, a: 1 } }] } },
  { options: { viewOn: 'q' } },
  { options: { viewOn: 'q', collation: { locale: 'fr' } } },
  { options: { viewOn: 'q', collation: { locale: 'fr', strength: 1 } } },
);

const series = fc
  .tuple(
    some('seconds', 'minutes', 'hours'),
    some(undefined, 3600, 7200),
    fc.option(some<Declared>({ key: { 'm.x': 1 } }, { key: { 'm.x': 1, at: -1 }, name: 'x' }), { nil: undefined }),
  )
  .map(([granularity, expireAfterSeconds, own]) => ({
    options: clean({ timeseries: { timeField: 'at', metaField: 'm', granularity }, expireAfterSeconds }),
    ...(own === undefined ? {} : { indexes: [own] }),
  }));

/** Structures for a server of a version; the schema's own judgement is asked for what may stand together. */
export function structures(version: string): Arbitrary<Structure> {
  const collection = plainCollection(version);
  return fc
    .record({
      p: collection,
      q: fc.option(collection, { freq: 3, nil: undefined }),
      r: fc.option(collection, { freq: 2, nil: undefined }),
      v: fc.option(view, { freq: 2, nil: undefined }),
      s: semver.gte(version, '5.0.0') ? fc.option(series, { freq: 2, nil: undefined }) : fc.constant(undefined),
    })
    .map((made) =>
      Object.fromEntries(
        Object.entries(clean(made)).map(([name, one]) => [name, sound(name, one as Declared, version)]),
      ),
    );
}

export const schemaText = (structure: Structure): string => JSON.stringify({ version: 1, collections: structure });

const parses = (structure: Structure): boolean =>
  parseSchema([{ path: 's.yaml', text: schemaText(structure) }]).schema !== null;

const signature = ({ key, collation }: Declared): string => JSON.stringify([key, collation ?? null]);

/** The collection with as many of its indexes as the language lets stand together. */
function sound(name: string, declared: Declared, version: string): Declared {
  const all = (declared['indexes'] ?? []) as readonly Declared[];
  const isCapped = (declared['options'] as Declared | undefined)?.['capped'] === true;
  const indexes = isCapped ? all.filter((one) => one['expireAfterSeconds'] === undefined) : all;
  const kept = indexes.reduce<readonly Declared[]>((list, one) => {
    // Before 5.0 a server tells indexes apart by key and collation alone.
    const isTwin = (other: Declared): boolean => signature(other) === signature(one);
    if (semver.lt(version, '5.0.0') && list.some(isTwin)) return list;
    return parses({ [name]: { ...declared, indexes: [...list, one] } }) ? [...list, one] : list;
  }, []);
  return all.length === 0 ? declared : { ...declared, indexes: kept };
}

/** Another structure that has much of the first: collections left as they are, changed in one part, dropped, added. */
export function pairs(version: string): Arbitrary<readonly [Structure, Structure]> {
  const how = some(
    'same',
    'indexes',
    'indexes',
    'indexes',
    'options',
    'validator',
    'other',
    'pruned',
    'absent',
    'renamed',
  );
  return fc
    .tuple(structures(version), structures(version), fc.array(how, { minLength: 5, maxLength: 5 }))
    .map(([before, other, hows]) => {
      const names = [...new Set([...Object.keys(before), ...Object.keys(other)])].sort();
      const after = names.flatMap((name, at): readonly (readonly [string, Declared])[] => {
        const [old, next] = [before[name], other[name]];
        if (old === undefined || next === undefined) return next === undefined ? [] : [[name, next]];
        const way = hows[at] ?? 'other';
        // Views and time series cannot be renamed, and each other collection is read by a view under its name.
        if (way === 'renamed') return name === 'r' ? [['r2', { ...old, renamedFrom: name }]] : [[name, old]];
        if (way === 'absent') return name === 'r' ? [[name, { absent: true }]] : [[name, old]];
        if (way === 'pruned')
          return name === 'v' || name === 's' ? [[name, old]] : [[name, { ...next, unmanaged: 'prune' }]];
        return [[name, mixed(name, old, next, way, version)]];
      });
      return [before, Object.fromEntries(after)] as const;
    });
}

function mixed(name: string, old: Declared, next: Declared, how: string, version: string): Declared {
  const { indexes: oldIndexes, options: oldOptions, ...oldRest } = old;
  const { indexes: newIndexes, options: newOptions, ...newRest } = next;
  const [firstOld, ...otherOld] = (oldIndexes ?? []) as readonly Declared[];
  if (how === 'same') return old;
  if (how === 'options') return sound(name, clean({ ...oldRest, options: newOptions, indexes: oldIndexes }), version);
  if (how === 'validator') return sound(name, clean({ ...newRest, options: oldOptions, indexes: oldIndexes }), version);
  if (how === 'other') return next;
  const fresh = (newIndexes ?? []) as readonly Declared[];
  const changed =
    firstOld === undefined ? [] : [{ ...firstOld, hidden: firstOld['hidden'] === true ? undefined : true }];
  const indexes = [...fresh, ...otherOld, ...changed.map(clean)];
  return sound(name, clean({ ...oldRest, options: oldOptions, ...(indexes.length === 0 ? {} : { indexes }) }), version);
}

export function schemaOf(structure: Structure): Schema {
  const { schema, diagnostics } = parseSchema([{ path: 's.yaml', text: schemaText(structure) }]);
  if (schema === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return schema;
}
