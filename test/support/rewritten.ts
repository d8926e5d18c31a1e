import type { Document } from 'mongodb';
import { schemaFile } from './schema.ts';
import type { Site } from './site.ts';

/** Every kind of rewrite in one plan: fields of the document, nested ones, in arrays, and a link. */
export const rewritten = `
version: 1
collections:
  things:
    fields:
      note:   { type: string, nullable: true, default: null }
      label:  { compute: { $concat: [ "n", { $toString: "$n" } ] } }
      amount: { type: int, convert: true }
      name:   { type: string, renamedFrom: title }
      legacy: { absent: true }
      inner:  { type: object, fields: { gone: { absent: true }, kept: { type: int, default: 1 } } }
      lines:  { type: array, items: { type: object, fields: { unit: { type: string, default: piece }, old: { absent: true } } } }
      owner:  { type: int, nullable: true }
      group:  { type: int }
    links:
      owner: { field: owner, references: people.id, optional: true, populate: { match: { group: group } } }
  people:
    fields: { id: { type: int }, group: { type: int } }
`;

export const allowed = ['--allow', 'drop-field,convert-type'];

/** Fields that no rewrite touches, so that they are the application's own. */
export const thing = (n: number): Document => ({
  _id: n,
  n,
  title: `t${n}`,
  legacy: { n },
  amount: String(n),
  inner: { a: n, gone: `g${n}`, z: true },
  lines: [{ q: n, old: 1, r: 2 }, { q: n + 1 }],
  group: n % 50,
  ...(n % 3 === 0 ? { owner: null } : {}),
});

/** A collection to be rewritten; answers the file of the schema, and the hash of the database as it is. */
export async function toRewrite(
  site: Site,
  documents: number,
): Promise<{ readonly file: string; readonly before: string }> {
  const db = await site.fresh();
  const people = Array.from({ length: 40 }, (_, group) => ({ _id: group as never, id: 1000 + group, group }));
  await db.collection('people').insertMany(people);
  await db.collection('people').createIndex({ group: 1 });
  await db.collection('things').insertMany(Array.from({ length: documents }, (_, n) => thing(n)));
  return { file: await schemaFile(rewritten), before: await site.hash() };
}
