import { expect, test } from 'vitest';
import { insert } from '../../src/database/write.ts';
import { docOf, int, type Value } from '../../src/state/value.ts';
import { useDatabase } from '../support/database.ts';
import { told, withDoor } from '../support/door.ts';

const { db } = useDatabase('index_words');
const secret = 'zqMARKqz';
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

type Plain = string | number | readonly Plain[] | { readonly [name: string]: Plain };

function valueOf(plain: Plain): Value {
  if (typeof plain === 'string') return plain;
  if (typeof plain === 'number') return int(plain);
  if (Array.isArray(plain)) return plain.map(valueOf);
  return docOf(Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, valueOf(value)])));
}

/** What an index has against a document; most of these words repeat all of it. */
const indexes: readonly (readonly [words: string, key: Readonly<Record<string, Plain>>, value: Plain])[] = [
  ['geo keys', { v: '2dsphere' }, { x: secret }],
  ['geo keys', { v: '2dsphere' }, secret],
  ['geo keys', { v: '2dsphere' }, { type: secret, coordinates: 5 }],
  ['geo keys', { v: '2dsphere' }, { type: 'Point', coordinates: [500, 91] }],
  [
    'geo keys',
    { v: '2dsphere' },
    {
      type: 'Polygon',
      coordinates: [
        [
          [500, 1],
          [1, 500],
          [500, 1],
        ],
      ],
    },
  ],
  ['point not in interval', { v: '2d' }, [500, 500]],
  ['geo field', { v: '2d' }, [1]],
  ['location object expected', { v: '2d' }, { a: secret, b: secret }],
  ['geo values', { v: '2d' }, [[secret, secret]]],
  ['hashed', { v: 'hashed' }, [secret]],
  ['language override', { text: 'text' }, secret],
  ['language', { text: 'text' }, [secret]],
  ['parallel arrays', { v: 1, w: 1 }, [secret]],
  ['Ambiguous field name', { 'v.x': 1, 'v.0': 1 }, [{ x: 1, 0: secret }]],
];

test.each(indexes)('an index: %s of %o for %o', async (words, key, value) => {
  const index = docOf({ key: valueOf(key), name: 'of_v' });
  const language = 'text' in key ? value : 'english';
  const written = docOf({ secret, v: valueOf(value), w: [secret], text: secret, language: valueOf(language) });
  await db().dropDatabase();
  const [refused, built] = await withDoor(db().databaseName, async (door) => {
    const build = () => door.run(docOf({ createIndexes: 'c', indexes: [index] }));
    const write = () => insert(door, 'c', [written]);
    await build();
    const first = await told(write());
    await door.run(docOf({ dropIndexes: 'c', index: '*' }));
    await write();
    return [first, await told(build())];
  });
  for (const message of [refused, built]) {
    expect(message).toContain(words);
    // The build and the collection are named by random UUIDs, which may hold any digits.
    expect(message.replaceAll(uuid, '')).not.toMatch(/MARK|500|ObjectId/);
  }
});
