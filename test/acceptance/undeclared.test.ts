import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

/** Values that an edit writes and its field does not declare: noted with their number, written all the same, told by check. */
const site = useSite('undeclared');

const computed = (type: string, expression: string): string =>
  `version: 1\ncollections: { c: { fields: { d: { ${type}, compute: ${expression} } } } }\n`;
const within = (type: string): string =>
  `version: 1\ncollections: { c: { fields: { list: { type: array, items: { type: object, fields: { d: { ${type}, compute: "$b" } } } } } } }\n`;
const linked = (type: string, match: string): string => `version: 1
collections:
  c:
    fields: { u: { type: int }, sid: { ${type} } }
    links: { l: { field: sid, references: s._id, optional: true, populate: { match: { ${match} } } } }
  s: { fields: { u: { type: int } } }
`;

test.each([
  ['null where a field is missing', computed('type: int', '{ $add: ["$a", 1] }'), 2],
  ['null that is declared', computed('type: int, nullable: true', '{ $add: ["$a", 1] }'), 0],
  ['text in place of a number', computed('type: int', '{ $concat: ["a", "b"] }'), 3],
  ['one of several types', computed('type: [int, string]', '{ $concat: ["a", "b"] }'), 0],
  ['any number', computed('type: number', '{ $add: [1, 1.5] }'), 0],
  ['nothing at all', computed('type: int', '"$none"'), 0],
  ['anything', computed('type: any', '"$b"'), 0],
  ['in an array', within('type: int'), 1],
  ['in an array, declared', within('type: string'), 0],
  ['text that a link takes', linked('type: int', 'u: u'), 2],
  ['text that a link may take', linked('type: string', 'u: u'), 0],
] as const)('%s', async (_, schema, count) => {
  const db = await site.fresh();
  await db.collection<{ _id: string }>('s').insertOne({ _id: 's1', u: 1 } as never);
  await db.collection('c').insertMany([{ u: 1 }, { u: 1, b: 'x' }, { a: 1, b: 'y', list: [{}] }]);
  const file = await schemaFile(schema);
  const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
  const { notes } = JSON.parse(out) as { notes: { code: string; message: string }[] };
  const found = notes.flatMap(({ code, message }) =>
    code === 'undeclared-value' ? [Number.parseInt(message, 10)] : [],
  );
  expect(found).toEqual(count === 0 ? [] : [count]);
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  const told = await site.run(['check', '--schema', file]);
  expect(told.out.includes('is not ')).toBe(count > 0);
});
