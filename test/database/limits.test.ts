import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { askAll } from '../../src/database/ask.ts';
import { connect } from '../../src/database/mongo.ts';
import type { Database } from '../../src/database/port.ts';
import { docOf, int, type Value } from '../../src/state/value.ts';
import { useDatabase } from '../support/database.ts';

const { db } = useDatabase('limits');
let door: Database;
beforeAll(async () => {
  door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
});
afterAll(() => door.close());

/** Beyond the 128 after which a stage of a pipeline looks at its limit again. */
const documents = 300;
beforeEach(async () => {
  await db().dropDatabase();
  await db()
    .collection('c')
    .insertMany(Array.from({ length: documents }, (_, a) => ({ a })));
});

/** Counts every other document, with so many milliseconds for each. */
function counting(milliseconds: number): readonly Value[] {
  const body = `function (a) { sleep(${milliseconds}); return a % 2 === 0; }`;
  const slow = docOf({ $function: docOf({ body, args: ['$a'], lang: 'js' }) });
  return [
    docOf({ $match: docOf({ $expr: slow }) }),
    docOf({ $group: docOf({ _id: null, n: docOf({ $sum: int(1) }) }) }),
  ];
}

test.each<
  [
    string,
    may: { mayEstimate: boolean; mayStayOpen?: boolean },
    each: number,
    limit: number | null,
    count: number,
    exact: boolean,
  ]
>([
  ['in time', { mayEstimate: true }, 0, 5000, documents / 2, true],
  ['no limit', { mayEstimate: true }, 4, null, documents / 2, true],
  ['too slow for a sample as well: any may count', { mayEstimate: true }, 4, 100, documents, false],
  ['too slow, may stay open', { mayEstimate: false, mayStayOpen: true }, 4, 100, 0, false],
  ['too slow, must be exact', { mayEstimate: false }, 4, 100, documents / 2, true],
])('%s', async (_, may, each, limitMs, count, exact) => {
  const question = { id: 'q', collection: 'c', pipeline: counting(each), ...may };
  expect((await askAll(door, [question], { limitMs })).get('q')).toMatchObject({ count, exact });
});
