import type { Db } from 'mongodb';
import semver from 'semver';
import { inject } from 'vitest';
import { hazardCodes } from '../../src/planner/contract.ts';

const before = `
version: 1
collections:
  bridged: { indexes: [ { key: { x: 1 }, name: k, unique: true }, { key: { w: 1 }, expireAfterSeconds: 3600 } ] }
  unique:  { indexes: [ { key: { y: 1 } }, { key: { z: 1 }, name: own } ] }
  copied:
    options: { collation: { locale: en } }
    validator: { a: { $exists: true } }
    indexes: [ { key: { b: 1 } }, { key: { at: 1 }, expireAfterSeconds: 5000 } ]
  ring:    { options: { capped: true, size: 4096 } }
  shown:   { options: { viewOn: unique, pipeline: [ { $match: { y: 1 } } ] } }
  filled:  { fields: { a: { type: int } } }
  dropped: { indexes: [ { key: { at: 1 }, expireAfterSeconds: 5000 } ] }
  former:  { indexes: [ { key: { a: 1 } } ] }
  people:  { fields: { _id: { type: int }, group: { type: int } }, indexes: [ { key: { group: 1 } } ] }
  texts:   { indexes: [ { key: { b: text } } ] }
  loose:   { validator: { a: { $exists: true } } }
  gone:    { options: { viewOn: unique, pipeline: [ { $match: { y: 1 } } ] } }
  keyed:   { indexes: [ { key: { b: 1 } } ] } # since 5.3.0
  raised:  { options: { timeseries: { timeField: at, metaField: m, granularity: seconds }, expireAfterSeconds: 90000 } } # since 5.0.0
  series:  { options: { timeseries: { timeField: at, metaField: m }, expireAfterSeconds: 90000 } } # since 5.0.0
`;
const after = `
version: 1
collections:
  bridged: { indexes: [ { key: { x: 1 }, name: k }, { key: { w: 1 } } ] }
  unique:  { indexes: [ { key: { y: 1 }, unique: true, hidden: true }, { key: { z: 1 }, sparse: true } ] }
  copied:
    options: { collation: { locale: uk } }
    validator: { a: { $exists: true, $gte: 0 } }
    indexes: [ { key: { b: 1 } }, { key: { at: 1 }, expireAfterSeconds: 5000 } ]
  ring:    { options: { capped: true, size: 8192 } }
  shown:   { options: { viewOn: unique, pipeline: [ { $match: { y: 2 } } ] } }
  filled:
    fields: { a: { type: int }, note: { type: string, default: "-" }, o: { type: object, fields: { p: { type: int, default: 0 } } } }
    indexes: [ { key: { note: 1 } } ]
  texts:   { indexes: [ { key: { b: text }, weights: { b: 5 } } ] }
  loose:   {}
  made:    { indexes: [ { key: { a: 1 } }, { key: { b: 1 }, unique: true } ] }
  current: { renamedFrom: former, indexes: [ { key: { a: 1 } }, { key: { b: 1 } } ], validation: { level: strict, action: error }, fields: { a: { type: int } } }
  people:  { fields: { _id: { type: int }, group: { type: int } }, indexes: [ { key: { group: 1 } } ] }
  keyed:   { options: { clusteredIndex: { key: { _id: 1 }, unique: true } }, indexes: [ { key: { b: 1 } } ] } # since 5.3.0
  raised:  { options: { timeseries: { timeField: at, metaField: m, granularity: minutes }, expireAfterSeconds: 180000 } } # since 5.0.0
  series:  { options: { timeseries: { timeField: at, metaField: m }, expireAfterSeconds: off }, indexes: [ { key: { m: 1 } } ] } # since 5.0.0
  started: { options: { timeseries: { timeField: at } } } # since 5.0.0
  changed:
    fields:
      label:  { compute: { $concat: [ "n", { $toString: "$n" } ] } }
      amount: { type: int, convert: true }
      name:   { type: string, renamedFrom: title }
      legacy: { absent: true }
      lines:  { type: array, items: { type: object, fields: { unit: { type: string, default: piece }, old: { absent: true } } } }
      owner:  { type: int, nullable: true }
      group:  { type: int }
    links: { owner: { field: owner, references: people._id, optional: true, populate: { match: { group: group } } } }
`;

/** Without the lines that say `# since` a newer server than the run's. */
const onThisServer = (schema: string): string =>
  schema.replaceAll(/^.* # since (.+)\n/gm, (line, since: string) => (semver.gte(inject('server'), since) ? line : ''));

/** Few documents: what matters is every kind of command, not how often it is sent. */
async function fill(db: Db): Promise<void> {
  const at = new Date('2099-01-01T00:00:00Z');
  const documents = [1, 2, 3].map((n) => ({ _id: n, a: n, b: `b${n}`, x: n, y: n, z: n, at, w: at, o: { q: n } }));
  const collections = ['bridged', 'unique', 'copied', 'ring', 'dropped', 'former', 'filled', 'texts', 'loose', 'keyed'];
  for (const collection of collections) await db.collection<{ _id: number }>(collection).insertMany(documents);
  // A bucket lists several measured fields in an order that differs from one insertion to the next (6.0.5).
  await db.collection<{ _id: number }>('series').insertMany([1, 2, 3].map((n) => ({ _id: n, at, m: n })));
  await db.collection<{ _id: number }>('people').insertMany([1, 2, 3].map((n) => ({ _id: n, group: 10 * n })));
  await db.collection<{ _id: number }>('changed').insertMany(
    [1, 2, 3].map((n) => ({
      _id: n,
      n,
      title: `t${n}`,
      legacy: { n },
      amount: String(n),
      lines: [{ q: n, old: 1, r: 2 }, { q: n + 1 }],
      group: 10 * n,
      ...(n === 3 ? { owner: null } : {}),
    })),
  );
}

/**
 * A plan that takes every route that the run's server knows, and changes fields in every way: apply `before`, `fill`, apply `after`.
 * All of it can be taken back, so the time series whose granularity is raised is empty, and none is dropped.
 */
export const everyRoute = {
  before: onThisServer(before),
  after: onThisServer(after),
  fill,
  allow: hazardCodes.join(','),
} as const;
