import { BSON, Code, DBRef } from 'mongodb';
import { describe, expect, inject, test } from 'vitest';
import { fromBytes, toBson } from '../../src/database/bson.ts';
import { connect } from '../../src/database/mongo.ts';
import { readAll } from '../../src/database/read.ts';
import { type Doc, doc, docOf, int, isList, scalar, type Value } from '../../src/state/value.ts';
import { useDatabase } from '../support/database.ts';

const rows: readonly (readonly [what: string, value: Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['an empty text', ''],
  ['a text beyond the BMP, with NUL', 'a\0🥛ü'],
  ['int 0', int(0)],
  ['the least int', scalar('int', '-2147483648')],
  ['a small long', scalar('long', '5')],
  ['a long beyond 2^53', scalar('long', '9007199254740993')],
  ['the least long', scalar('long', '-9223372036854775808')],
  ['the greatest long', scalar('long', '9223372036854775807')],
  ['a whole double', scalar('double', '5.0')],
  ['-0.0', scalar('double', '-0.0')],
  ['NaN', scalar('double', 'NaN')],
  ['-Infinity', scalar('double', '-Infinity')],
  ['a large double', scalar('double', '1e+300')],
  ['the least double', scalar('double', '5e-324')],
  ['decimal 1.10', scalar('decimal', '1.10')],
  ['decimal 1E+6111', scalar('decimal', '1E+6111')],
  ['decimal -0', scalar('decimal', '-0')],
  ['decimal NaN', scalar('decimal', 'NaN')],
  ['an objectId', scalar('objectId', '0123456789abcdef01234567')],
  ['a date before 1970', scalar('date', '-1')],
  ['the last date of JavaScript', scalar('date', '8640000000000000')],
  ['a timestamp', scalar('timestamp', '4294967295:4294967295')],
  ['no bytes', scalar('binary', '00:')],
  ...['00', '01', '02', '03', '04', '05', '06', '80', 'ff'].map(
    (sub) => [`binary ${sub}`, scalar('binary', `${sub}:AAECAwQFBgcICQoLDA0ODw==`)] as const,
  ),
  ['a regex', scalar('regex', 'im/^a/b\\/$')],
  ['an empty regex', scalar('regex', '/')],
  ['code', scalar('javascript', 'function () {}')],
  ['a symbol', scalar('symbol', 's')],
  ['minKey', scalar('minKey', '')],
  ['maxKey', scalar('maxKey', '')],
  ['an empty list', []],
  ['lists in lists', [[], [[int(1)], null], [doc(['a', []])]]],
  ['an empty document', doc()],
  ['integer-like names', doc(['b', int(1)], ['10', int(2)], ['2', int(3)], ['a', doc(['1', null], ['0', true])])],
  [
    'names that JavaScript knows',
    doc(['__proto__', int(1)], ['constructor', int(2)], ['toString', null], ['length', 'x']),
  ],
  ['names that Extended JSON knows', doc(['$oid', 'x'], ['type', 'int'], ['text', '5'], ['_bsontype', 'Int32'])],
  ['an empty name, and one with a dot', doc(['', int(1)], ['a.b', int(2)], ['ü', int(3)])],
];

const bytesOf = (value: Value): Uint8Array => BSON.serialize(toBson(doc(['v', value])) as Map<string, unknown>);

describe('bytes and back', () => {
  test.each(rows)('%s', (_, value) => {
    const read = fromBytes(bytesOf(value));
    expect(read).toEqual(doc(['v', value]));
    expect(JSON.stringify(orderOf(read))).toBe(JSON.stringify(orderOf(doc(['v', value]))));
    expect(Buffer.from(bytesOf(read.get('v') ?? null))).toEqual(Buffer.from(bytesOf(value)));
  });

  test('all of them in one document', () => {
    const all = new Map(rows.map(([what, value]) => [what, value]));
    expect(fromBytes(BSON.serialize(toBson(all) as Map<string, unknown>))).toEqual(all);
  });

  test('a date beyond JavaScript is read, and refused in writing', () => {
    const bytes = Uint8Array.from([16, 0, 0, 0, 9, 118, 0, 255, 255, 255, 255, 255, 255, 255, 127, 0]);
    const value = scalar('date', '9223372036854775807');
    expect(fromBytes(bytes)).toEqual(doc(['v', value]));
    expect(() => toBson(value)).toThrow(/date/);
  });

  test('undefined is read, and refused in writing', () => {
    const bytes = Uint8Array.from([8, 0, 0, 0, 6, 118, 0, 0]);
    expect(fromBytes(bytes)).toEqual(doc(['v', scalar('undefined', '')]));
    expect(() => toBson(scalar('undefined', ''))).toThrow(expect.objectContaining({ code: 'SCH6501' }) as Error);
  });

  test('what this tool has no value for is refused, not lost', () => {
    const scoped = BSON.serialize({ v: new Code('x', { a: 1 }) });
    expect(() => fromBytes(scoped)).toThrow(expect.objectContaining({ code: 'SCH6501' }) as Error);
  });

  test('a DBRef is a document like any other', () => {
    const bytes = BSON.serialize({ v: new DBRef('c', new BSON.ObjectId('0123456789abcdef01234567')) });
    expect(fromBytes(bytes)).toEqual(
      doc(['v', doc(['$ref', 'c'], ['$id', scalar('objectId', '0123456789abcdef01234567')])]),
    );
  });
});

/** Names in their order: `toEqual` takes Maps for equal whatever their order. */
function orderOf(value: Value): unknown {
  if (value instanceof Map) return [...(value as Doc)].map(([name, item]): readonly unknown[] => [name, orderOf(item)]);
  return isList(value) ? value.map(orderOf) : 0;
}

const { db } = useDatabase('bson');

test('the server gives back what it was sent, through the one door', async () => {
  const door = await connect({ url: inject('uri'), database: db().databaseName, connectTimeoutMs: 5000 });
  try {
    const sent = rows.filter(([what]) => what !== 'an empty name, and one with a dot');
    const documents = sent.map(([, value], at) => doc(['_id', int(at)], ['v', value]));
    await door.run(docOf({ insert: 'all', documents }));
    const found = await readAll(door, docOf({ find: 'all', sort: docOf({ _id: int(1) }) }));
    expect(found.map(orderOf)).toEqual(documents.map(orderOf));
    expect(found).toEqual(documents);
  } finally {
    await door.close();
  }
});
