import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';

const site = useSite('renamed_filled');

const renamed = (name: string, more: string): string => `${name}: { type: any, renamedFrom: mobile${more} }`;
const link =
  '    links: { phone: { field: phone, references: people.phone, optional: true, populate: { match: { n: n } } } }\n  people: { fields: { n: { type: int }, phone: { type: string } } }\n';

test.each<
  [
    string,
    { readonly fields: string; readonly more?: string; readonly flags?: readonly string[]; readonly at?: string },
  ]
>([
  ['a default', { fields: renamed('phone', ', default: none') }],
  [
    'a default, without undo data',
    { fields: renamed('phone', ', default: none'), flags: ['--no-undo', '--allow', 'no-undo'] },
  ],
  ['an expression', { fields: renamed('phone', ', compute: "$n"') }],
  ['a link', { fields: `n: { type: int }, ${renamed('phone', '')}`, more: link }],
  [
    'a default within an object',
    { fields: `a: { type: object, fields: { ${renamed('phone', ', default: none')} } }`, at: 'a.' },
  ],
])(
  '%s leaves alone what an application still writes under the former name',
  async (_, { fields, more = '', flags = [], at = '' }) => {
    const db = await site.fresh();
    const things = db.collection('things');
    const held = (fields: Document): Document => (at === '' ? fields : { a: fields });
    await db.collection('people').insertOne({ n: 1, phone: 'found' });
    await things.insertMany(
      Array.from({ length: 2000 }, (_, n) => ({
        _id: n as never,
        n: 1,
        ...held(n % 2 === 0 ? {} : { mobile: `m${n}` }),
      })),
    );
    const file = await schemaFile(`version: 1\ncollections:\n  things:\n    fields: { ${fields} }\n${more}`);
    const apply = ['apply', '--auto-approve', '--format', 'json', '--schema', file];
    const inserting = setInterval(() => void things.insertOne({ n: 1, ...held({ mobile: 'real' }) }), 5);
    const { out } = await must(0, site.run([...apply, '--throttle', '2000/s', ...flags])).finally(() =>
      clearInterval(inserting),
    );
    const filled = { [`${at}phone`]: { $exists: true } };
    const former = { [`${at}mobile`]: { $exists: true } };
    expect(await things.countDocuments({ ...filled, ...former })).toBe(0);
    expect(await things.countDocuments({ ...filled, [`${at}phone`]: 'real' })).toBeGreaterThan(0);
    expect(Number(/"late":(\d+)/.exec(out)?.[1])).toBeGreaterThan(0);
    await must(0, site.run([...apply, '--check-data', 'full']));
    expect(await things.countDocuments(former)).toBe(0);
    expect(await things.countDocuments(filled)).toBe(await things.countDocuments());
  },
);
