import fc, { type Arbitrary } from 'fast-check';
import { BSON, Decimal128, Double, Long, MongoServerError } from 'mongodb';
import { expect, inject, test } from 'vitest';
import { fromBytes } from '../../src/database/bson.ts';
import { indexOptions } from '../../src/planner/families/indexes/options.ts';
import { canonicalFilter } from '../../src/state/canonical/filter.ts';
import { filterDepth } from '../../src/state/canonical/filter-tree.ts';
import { canonical } from '../../src/state/encode.ts';
import { since } from '../../src/planner/versions.ts';
import type { Doc } from '../../src/state/value.ts';
import { useDatabase } from '../support/database.ts';
import { seed } from '../support/generators.ts';

const { db } = useDatabase('filter_twins');

type Filter = Readonly<Record<string, unknown>>;

const one = [1, new Double(1), Long.fromNumber(1), Decimal128.fromString('1.0')];
const value = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<unknown>(...one, 'x') },
  fc.constantFrom<unknown>(null, true, 2.5, Decimal128.fromString('2.50'), new Double(-0), []),
  fc.constantFrom<unknown>(...one).map((p) => ({ p, q: 2 })),
  fc.constantFrom<unknown>(...one).map((p) => [p, 'x']),
);
const type = fc.constantFrom<unknown>(
  2,
  'string',
  -1,
  'minKey',
  127,
  'maxKey',
  16,
  'int',
  'number',
  6,
  'undefined',
  15,
);
const list = <T>(part: Arbitrary<T>) => fc.array(part, { minLength: 1, maxLength: 3 });

function condition(rich: boolean): Arbitrary<unknown> {
  const everywhere = [
    value,
    value.map(($eq) => ({ $eq })),
    fc.constantFrom(...one).map(($gte) => ({ $gte, $lt: 5 })),
    fc.constantFrom<unknown>(true, 1, 'yes').map(($exists) => ({ $exists })),
    type.map(($type) => ({ $type })),
    list(type).map(($type) => ({ $type })),
    list(value).map(($all) => ({ $all })),
  ];
  return fc.oneof(...everywhere, ...(rich ? [fc.array(value, { maxLength: 3 }).map(($in) => ({ $in }))] : []));
}

function filters(rich: boolean): Arbitrary<Filter> {
  const atom: Arbitrary<Filter> = fc
    .tuple(fc.constantFrom('a', 'a', 'a', 'a', 'b'), condition(rich))
    .map(([path, asked]) => ({ [path]: asked }));
  const deeper = (part: Arbitrary<Filter>): readonly Arbitrary<Filter>[] => [
    list(part).map(($and) => ({ $and })),
    ...(rich
      ? [list(part).map(($or) => ({ $or })), fc.tuple(list(part), atom).map(([$or, and]) => ({ $or, ...and }))]
      : []),
  ];
  const flat = fc.oneof(
    atom,
    fc.tuple(atom, atom).map(([a, b]) => ({ ...a, ...b })),
  );
  return fc.oneof(atom, flat, ...deeper(flat), ...(rich ? deeper(fc.oneof(flat, ...deeper(flat))) : []));
}

const isRich = since(inject('server'), '6.0.0');
const asDoc = (filter: Filter): Doc => fromBytes(BSON.serialize(filter));
/** By what the plan and the parser say. */
const isTaken = (filter: Filter): boolean =>
  isRich ? filterDepth(asDoc(filter)) <= 3 : indexOptions['partialFilterExpression']?.since(asDoc(filter)) === null;
const form = (filter: Filter): string => canonical(canonicalFilter(asDoc(filter)));

/** Which index of the same key the server takes another filter for, by name; or `new`, or `refused`. */
async function twinOf(name: string, filter: Filter): Promise<string> {
  try {
    await db()
      .collection('c')
      .createIndexes([{ key: { k: 1 }, name, partialFilterExpression: filter }]);
    return 'new';
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 85) return /name: (f\d+)/.exec(error.message)?.[1] ?? '?';
    if (error instanceof MongoServerError && error.code === 67) return 'refused';
    throw error;
  }
}

// 4.4 calls indexes of one key the same, whatever their filters.
test.runIf(since(inject('server'), '5.0.0'))(
  'what the server takes for one filter has one canonical form, and what it refuses is known',
  { timeout: 300_000 },
  async () => {
    let twins = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(filters(isRich), { minLength: 60, maxLength: 60, size: 'max' }), async (all) => {
        await db().collection('c').drop();
        await db().createCollection('c');
        for (const [at, filter] of all.entries()) {
          const twin = await twinOf(`f${at}`, filter);
          expect(twin !== 'refused').toBe(isTaken(filter));
          if (twin === 'refused' || twin === 'new') continue;
          twins++;
          expect(form(filter)).toBe(form(all[Number(twin.slice(1))] as Filter));
        }
      }),
      { seed, numRuns: 12, endOnFailure: true },
    );
    expect(twins).toBeGreaterThan(40);
  },
);
