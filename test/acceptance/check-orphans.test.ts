import fc from 'fast-check';
import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import type { Finding } from '../../src/state/finding.ts';
import { checkSchema } from '../../src/workflow/check.ts';
import { everything } from '../planner/support.ts';
import { soundSchema } from '../state/support.ts';
import { useDatabase } from '../support/database.ts';
import { seed } from '../support/generators.ts';

const { db } = useDatabase('orphans');
let door: Database;

beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
});
afterAll(() => door.close());

const schemaOf = (field: string, optional: boolean) =>
  soundSchema(`
version: 1
collections:
  own:
    fields: { ref: {}, o: { fields: { ref: {} } }, list: { items: { fields: { ref: {} } } } }
    links: { l: { field: ${field}, references: theirs.key, optional: ${optional} } }
  theirs: { fields: { key: {} } }
`);

const id = new ObjectId('0123456789abcdef01234567');
const scalars: readonly unknown[] = [
  new Int32(1),
  Long.fromNumber(1),
  new Double(1),
  new Double(1.5),
  new Double(Number.NaN),
  new Double(-0),
  new Int32(0),
  Long.fromString('9007199254740993'),
  new Double(9007199254740992),
  'a',
  'A',
  'a\0b',
  '',
  'é',
  id,
  new Date(0),
  new Date(-1),
  true,
  false,
  new Binary(Buffer.from('ab'), 4),
  new Binary(Buffer.from('ab'), 0),
  new Binary(Buffer.from('b'), 0),
  null,
];
/** What an index holds in an order that is not gone through here. */
const strange: readonly unknown[] = [Decimal128.fromString('1'), { a: 1, b: 2 }, { b: 2, a: 1 }];

const scalar = fc.constantFrom(...scalars);
const missing = Symbol('missing');
type Values = readonly unknown[];

const shapes = {
  'scalars only': scalar,
  'all types': fc.constantFrom(...scalars, ...strange),
  arrays: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
  'arrays in arrays': fc.oneof(
    scalar,
    fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 3 }),
  ),
} as const;

const indexes = ['both', 'theirs', 'own', 'none', 'descending', 'compound', 'sparse'] as const;

async function fill(name: string, field: string, values: Values): Promise<void> {
  const collection = db().collection(name);
  await collection.deleteMany({});
  const place = (value: unknown) => {
    if (value === missing) return {};
    if (field === 'o.ref') return { o: { ref: value } };
    return field === 'list.ref' ? { list: [{ ref: value }] } : { [field]: value };
  };
  if (values.length > 0) await collection.insertMany(values.map((value, n) => ({ _id: n as never, ...place(value) })));
}

async function index(kind: (typeof indexes)[number], field: string): Promise<void> {
  for (const [name, key] of [
    ['own', field],
    ['theirs', 'key'],
  ] as const) {
    const collection = db().collection(name);
    await collection.dropIndexes();
    if (kind === 'none' || (kind === 'own' && name === 'theirs') || (kind === 'theirs' && name === 'own')) continue;
    const direction = kind === 'descending' ? -1 : 1;
    const spec = kind === 'compound' ? { [key]: direction, x: 1 } : { [key]: direction };
    const sparse = kind === 'sparse' ? { sparse: true } : {};
    await db().command({ createIndexes: name, indexes: [{ key: spec, name: 'i', ...sparse }] });
  }
}

/** The `_id`s of documents with a value that a plain query does not find. */
async function expected(values: Values, theirs: Values, optional: boolean): Promise<readonly number[]> {
  const collection = db().collection('theirs');
  const isOrphan = async (value: unknown): Promise<boolean> => {
    if (value === null || value === missing) return !optional;
    // An array that is an element is one value: it stands as an element, not as the whole field.
    const query = Array.isArray(value) ? { $elemMatch: { $eq: value } } : { $eq: value };
    return (await collection.findOne({ key: query })) === null;
  };
  const all = values.map(async (value, n) => {
    const each = Array.isArray(value) ? value : [value];
    const orphans = await Promise.all(each.map(isOrphan));
    return orphans.some(Boolean) ? [n] : [];
  });
  expect(theirs.length).toBe(await collection.countDocuments());
  return (await Promise.all(all)).flat();
}

describe.each(Object.entries(shapes))('%s', (_shape, value) => {
  const values = fc.array(fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constant(missing) }), {
    maxLength: 12,
  });
  const cases = fc.record({
    own: values,
    theirs: fc.array(value, { maxLength: 8 }),
    kind: fc.constantFrom(...indexes),
    field: fc.constantFrom('ref', 'o.ref', 'list.ref'),
    optional: fc.boolean(),
  });

  test('what plain queries do not find is an orphan, however it is looked for', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ own, theirs, kind, field, optional }) => {
        await fill('own', field, own);
        await fill('theirs', 'key', theirs);
        await index(kind, field);
        const ids = await expected(own, theirs, optional);
        const { findings } = await checkSchema(door, {
          schema: schemaOf(field, optional),
          selection: everything,
          sample: null,
        });
        expect(findings.map(({ count, rule }: Finding) => `${rule} ${count}`)).toEqual(
          ids.length === 0 ? [] : [`orphan ${ids.length}`],
        );
        for (const found of findings[0]?.sample ?? []) expect(ids).toContain(Number((found as { text: string }).text));
        expect(findings[0]?.sample.length ?? 0).toBe(Math.min(5, ids.length));
      }),
      { seed, numRuns: 40, endOnFailure: true },
    );
  }, 240_000);
});

describe('however it is looked for', () => {
  /** By merging two indexes, by one `$group`, by looking each value up. */
  const routes = [
    ['merged', 'both', 0],
    ['grouped', 'none', 0],
    ['looked up', 'theirs', 200],
  ] as const;

  async function found(declared: string, optional: boolean): Promise<readonly string[]> {
    const schema = soundSchema(`
version: 1
collections:
  own:
    fields: { ref: ${declared} }
    links: { l: { field: ref, references: theirs.key, optional: ${optional} } }
  theirs: { fields: { key: {} } }
`);
    const { findings } = await checkSchema(door, { schema, selection: everything, sample: null });
    return findings.map(({ rule, count, sample }) => {
      const ids = sample.map((id) => (id as { text: string }).text).sort();
      return `${rule} ${count}: ${ids.join(' ')}`;
    });
  }

  describe.each(routes)('%s', (_route, kind, more) => {
    const scene = async (values: Values) => {
      await fill('own', 'ref', values);
      await fill('theirs', 'key', ['x', ...Array.from({ length: more }, (_, n) => `other ${n}`)]);
      await index(kind, 'ref');
    };

    test('an array within an array is one value', async () => {
      await scene([['x'], [['x'], 'x'], [['x']], 'x']);
      expect(await found('{}', false)).toEqual(['orphan 2: 1 2']);
    });

    test('an empty array refers to nothing, so it is no orphan', async () => {
      await scene([[], 'x']);
      expect(await found('{}', false)).toEqual([]);
    });

    const values = [null, missing, 'x', 'y'];
    test.each([
      ['of any type', '{}', ['orphan 3: 0 1 3']],
      ['nullable', '{ type: string, nullable: true }', ['orphan 3: 0 1 3']],
      ['of a type', '{ type: string }', ['type 1: 0', 'orphan 2: 1 3']],
      ['required', '{ required: true }', ['required 1: 1', 'orphan 2: 0 3']],
      ['of a type, required', '{ type: string, required: true }', ['required 1: 1', 'type 1: 0', 'orphan 1: 3']],
      ['of a type, with values', '{ type: string, enum: [x, y] }', ['type 1: 0', 'orphan 2: 1 3']],
    ])('a field %s is told once for null, once for missing', async (_what, declared, expected) => {
      await scene(values);
      expect(await found(declared, false)).toEqual(expected);
    });

    test('null in an array is told once', async () => {
      await scene([['x', null], ['x'], ['y']]);
      expect(await found('{ type: array, items: { type: string } }', false)).toEqual(['type 1: 0', 'orphan 1: 2']);
      expect(await found('{ type: array }', false)).toEqual(['orphan 2: 0 2']);
    });
  });
});
