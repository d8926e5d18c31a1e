import fc, { type Arbitrary } from 'fast-check';
import { BSON, type CollationOptions, type Document } from 'mongodb';
import { expect, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { finiteScalars, seed, tally } from '../support/generators.ts';
import { bytesOf, type Documents, fillCollection, useWorkflow } from '../support/workflow.ts';
import { doc, int, scalar, type Value } from '../../src/state/value.ts';

console.log(`test/property/populate: FC_SEED=${seed}`);

/** Pairs of collections and a link between them; each takes about half a second. */
const pairs = Number(process.env['POPULATE_PAIRS'] ?? '40');

const { db } = useDatabase('random_populate');
const workflow = useWorkflow(db);

/** Values that meet: the same number in several types, texts that differ in case. */
const plain = fc.constantFrom<Value>(
  ...[int(1), scalar('long', '1'), scalar('double', '1.0'), int(2), int(3), scalar('double', '-0.0'), int(0)],
  ...['a', 'A', 'b', '', true, scalar('objectId', '65a000000000000000000001'), scalar('date', '0')],
);
/** Values of which only the server can tell what equals them. A symbol equals a text by a collation in `$lookup` alone (6.0.5). */
const others = fc.constantFrom<Value>(
  ...[scalar('decimal', '1.00'), scalar('double', 'NaN'), scalar('long', '9007199254740993')],
  ...[scalar('regex', '/a'), doc(['x', int(1)]), doc(['x', scalar('long', '1')])],
);
const sendable = finiteScalars.filter(({ type }) => !['dbPointer', 'undefined', 'symbol'].includes(type));
const single: Arbitrary<Value> = fc.oneof(
  { weight: 9, arbitrary: plain },
  { weight: 2, arbitrary: others },
  { weight: 1, arbitrary: sendable },
);
const any: Arbitrary<Value> = fc.oneof(
  { weight: 8, arbitrary: single },
  fc.array(fc.oneof(single, fc.constant(null)), { maxLength: 2 }),
  fc.constant(null),
);

/** A field that is there or not. */
const maybe = (name: string, value: Arbitrary<Value>, absent = 1): Arbitrary<readonly (readonly [string, Value])[]> =>
  fc.oneof(
    { weight: 6, arbitrary: value.map((one) => [[name, one]] as const) },
    { weight: absent, arbitrary: fc.constant([]) },
  );
const target = (name: string): Arbitrary<readonly (readonly [string, Value])[]> =>
  maybe(name, fc.constantFrom<Value>(null, null, 'kept', [], int(0)), 9);
const holder = fc.oneof(
  { weight: 5, arbitrary: target('o').map((fields) => doc(...fields, ['z', 'z'])) },
  fc.constantFrom<Value>(null, 'no object', [doc(['y', int(1)])]),
);
const numbered = (fields: Arbitrary<readonly (readonly [string, Value])[]>): Arbitrary<Documents> =>
  fc
    .array(fields, { minLength: 3, maxLength: 12 })
    .map((all) => all.map((each, at) => [int(at), doc(...each)] as const));
const joined = (...parts: readonly Arbitrary<readonly (readonly [string, Value])[]>[]) =>
  fc.tuple(...parts).map((all) => all.flat());

interface Collections {
  readonly ours: Documents;
  readonly theirs: Documents;
}
const both = (key: Arbitrary<Value>): Arbitrary<Collections> =>
  fc.record({
    ours: numbered(joined(maybe('k', key), target('o'), maybe('h', holder))),
    theirs: numbered(
      joined(
        maybe('key', key),
        maybe('ref', fc.oneof({ weight: 4, arbitrary: single }, any)),
        maybe('w', fc.constantFrom(true, true, false)),
      ),
    ),
  });
/** Half of them are joined on our side, the others by the server. */
const collections = fc.oneof(both(plain), both(any));

interface Shape {
  readonly path: 'o' | 'h.o';
  readonly where: boolean;
  readonly index: boolean;
  readonly collation: CollationOptions | null;
}
const shapes: Arbitrary<Shape> = fc.record({
  path: fc.constantFrom('o' as const, 'h.o' as const),
  where: fc.nat(3).map((one) => one === 0),
  index: fc.boolean(),
  collation: fc.option(fc.constant({ locale: 'en', strength: 2 })),
});

function schemaOf({ path, where, collation }: Shape): string {
  const options = collation === null ? '' : 'options: { collation: { locale: en, strength: 2 } }, ';
  const field =
    path === 'o'
      ? 'o: { type: any, nullable: true }'
      : 'h: { type: any, fields: { o: { type: any, nullable: true } } }';
  const filter = where ? ', where: { w: true }' : '';
  return `version: 1
collections:
  c:
    ${options}fields: { k: { type: any }, ${field} }
    links: { l: { field: ${path}, references: p.ref, optional: true, populate: { match: { k: key }, ambiguous: skip${filter} } } }
  p: { fields: { key: { type: any }, ref: { type: any } } }
`
    .replace(/^ {4}options/m, '    options')
    .replace('}, fields', '}\n    fields');
}

const read = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;
type Bytes = string;
const bytes = (value: unknown): Bytes => Buffer.from(BSON.serialize({ value })).toString('hex');

/**
 * What the product's contract says a document gets, asked one document at a time by a plain query of the other collection: a
 * unique match only, an array on either side tells no single one, null and missing match nothing.
 */
async function expected(own: Document, { path, where, collation }: Shape): Promise<Bytes | null> {
  const holds = path === 'o' ? own : (own['h'] as unknown);
  if (typeof holds !== 'object' || holds === null || Array.isArray(holds) || '_bsontype' in holds) return null;
  const now = (holds as Document)['o'] as unknown;
  const wanted = own['k'] as unknown;
  if ((now ?? null) !== null || (wanted ?? null) === null || Array.isArray(wanted)) return null;
  const filter = { key: { $eq: wanted }, ...(where ? { w: true } : {}) };
  const compared = collation ?? { locale: 'simple' };
  const hits = await db()
    .collection('p')
    .find(filter, { ...read, collation: compared })
    .toArray();
  const [hit] = hits;
  if (hit === undefined || hits.length > 1 || Array.isArray(hit['key'])) return null;
  const value = hit['ref'] as unknown;
  return (value ?? null) === null || Array.isArray(value) ? null : bytes(value);
}

test('what a link fills in is what its only match holds, and every byte comes back', { timeout: 600_000 }, async () => {
  const { count, share } = tally();
  const check = async ({ ours, theirs }: Collections, shape: Shape): Promise<void> => {
    await db().dropDatabase();
    await fillCollection(db(), 'p', theirs, {});
    await fillCollection(db(), 'c', ours, shape.collation === null ? {} : { collation: shape.collation });
    if (shape.index) await db().collection('p').createIndex({ key: 1 });
    const before = await bytesOf(db(), 'c');
    const documents = await db().collection('c').find({}, read).sort({ _id: 1 }).toArray();
    const values = await Promise.all(documents.map((own) => expected(own, shape)));
    const filled = values.filter((value) => value !== null).length;
    const text = schemaOf(shape);
    const plan = await workflow.plan(text, 'fast');
    if (plan === null) throw new Error(`invalid: ${text}`);
    expect(plan.violations).toEqual([]);
    expect(plan.steps.reduce((sum, { estimate }) => sum + (estimate?.documents ?? 0), 0)).toBe(filled);
    count(filled > 0 ? 'filled' : 'nothing', shape.path, shape.index ? 'index' : 'no index');
    if (plan.noop) return;
    expect(await workflow.run(plan)).toMatchObject({ exitCode: 0, documents: filled });
    const applied = await bytesOf(db(), 'c');
    const after = await db().collection('c').find({}, read).sort({ _id: 1 }).toArray();
    for (const [at, value] of values.entries()) {
      if (value === null) expect(applied[at]).toBe(before[at]);
      else expect(bytes(shape.path === 'o' ? after[at]?.['o'] : (after[at]?.['h'] as Document)['o'])).toBe(value);
    }
    expect(await workflow.plan(text, 'full')).toMatchObject({ noop: true, violations: [] });
    expect(await workflow.run(await workflow.rollback(null))).toMatchObject({ exitCode: 0 });
    expect(await bytesOf(db(), 'c')).toEqual(before);
    expect(await workflow.run(await workflow.rollback(2))).toMatchObject({ exitCode: 0 });
    expect(await bytesOf(db(), 'c')).toEqual(applied);
  };
  const law = fc.asyncProperty(collections, shapes, check);
  await fc.assert(law, { seed, numRuns: pairs, endOnFailure: process.env['FC_SHRINK'] === undefined });
  expect(share('filled')).toBeGreaterThan(0.3);
  for (const kind of ['o', 'h.o', 'index', 'no index']) expect([kind, share(kind) > 0.2]).toEqual([kind, true]);
});
