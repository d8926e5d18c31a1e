import { Long } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** Dates that the server knows and the driver could not give back are found before the first is written. */
const site = useSite('far_dates');

const farthest = '8640000000000000';
const beyond = '8640000000000001';
const date = '{ type: date, convert: true }';

test.each([
  ['a long at the end', `q: ${date}`, Long.fromString(farthest), null],
  ['a long beyond it', `q: ${date}`, Long.fromString(beyond), 'not-convertible'],
  ['a long before all', `q: ${date}`, Long.fromString(`-${beyond}`), 'not-convertible'],
  ['a long that is no double', `q: ${date}`, Long.fromString('9007199254740993'), 'not-convertible'],
  ['a double', `q: ${date}`, Number(beyond), 'not-convertible'],
  ['an item', `q: { type: array, items: ${date} }`, [Long.fromString(beyond)], 'not-convertible'],
  ['computed', 'r: { type: date, compute: { $toDate: "$q" } }', Long.fromString(beyond), 'not-sendable'],
  ['computed within', 'r: { type: date, compute: { $toDate: "$q" } }', Long.fromString(farthest), null],
] as const)('%s', async (_, fields, q, code) => {
  const db = await site.fresh();
  await db.collection('c').insertOne({ q });
  await agrees(fields, code);
});

test.each([
  ['made a long', 'q: { type: long, convert: true }', 'not-sendable'],
  ['removed', 'q: { absent: true }', 'not-sendable'],
  ['renamed', 'z: { type: any, renamedFrom: q }', null],
  ['computed with', 'z: { type: any, compute: "$q" }', 'not-sendable'],
  ['left alone', 'z: { type: int, default: 1 }', null],
] as const)('one that is there, %s', async (_, fields, code) => {
  const db = await site.fresh();
  await db.collection('c').insertOne({ q: Long.fromString(beyond) });
  await db.collection('c').updateOne({}, [{ $set: { q: { $toDate: '$q' } } }]);
  await agrees(fields, code);
});

/** The plan finds just this, and apply writes all or nothing. */
async function agrees(fields: string, code: string | null): Promise<void> {
  const file = await schemaFile(`version: 1\ncollections: { c: { fields: { ${fields} } } }`);
  const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
  const { violations } = JSON.parse(out) as { violations: { code: string; count: number }[] };
  expect(violations.map((found) => [found.code, found.count])).toEqual(code === null ? [] : [[code, 1]]);
  const before = await site.hash();
  const run = ['apply', '--auto-approve', '--allow', 'convert-type,drop-field', '--schema', file];
  await must(code === null ? 0 : 22, site.run(run));
  if (code === null) await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
}
