import { describe, expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';
import { document, element, insertBytes, int, int32, text } from '../support/wire.ts';

const site = useSite('odd-bytes');

const id = (value: number): Buffer => int('_id', value);
const object = (name: string, ...elements: readonly Buffer[]): Buffer => element(0x03, name, document(...elements));
const array = (name: string, ...elements: readonly Buffer[]): Buffer => element(0x04, name, document(...elements));
const bits = (hex: string): Buffer => Buffer.from(hex, 'hex');
const twice = [int('d', 1), int('d', 2)];
const undefinedAt = (name: string): Buffer => element(0x06, name);
const pointerAt = (name: string): Buffer => element(0x0c, name, Buffer.concat([text('ns.x'), Buffer.alloc(12, 7)]));
const scope = document(int('a', 1));
const codeAt = (name: string): Buffer =>
  element(0x0f, name, Buffer.concat([int32(4 + text('x').length + scope.length), text('x'), scope]));

const nested = (fields: string): string => `{ o: { type: object, fields: ${fields} } }`;
const items = (fields: string): string => `{ items: { type: array, items: { type: object, fields: ${fields} } } }`;

async function prepared(documents: readonly (readonly Buffer[])[], fields: string) {
  const db = await site.fresh();
  await db.createCollection('c');
  await insertBytes(
    site.uri(),
    'c',
    documents.map((elements) => document(...elements)),
  );
  const file = await schemaFile(`version: 1\ncollections: { c: { fields: ${fields} } }`);
  const apply = () => site.run(['apply', '--auto-approve', '--allow', 'drop-field', '--schema', file]);
  return { before: await site.hash(), apply, file };
}

const rollback = () => site.run(['rollback', '--auto-approve']);

describe('written, and taken back byte for byte', () => {
  test.each([
    {
      what: 'numbers that are none, in any bits',
      documents: ['010000000000f87f', '000000000000f8ff', '000000000000f87f', '0000000000000080'].map((hex, at) => [
        id(at),
        element(0x01, 'gone', bits(hex)),
        int('z', 1),
      ]),
      fields: '{ gone: { absent: true } }',
    },
    {
      what: 'decimals that are none, and zeros of any exponent',
      documents: ['7f'.repeat(16), `${'00'.repeat(15)}fc`, `${'00'.repeat(15)}7c`, `${'00'.repeat(14)}40b0`].map(
        (hex, at) => [id(at), element(0x13, 'gone', bits(hex)), int('z', 1)],
      ),
      fields: '{ gone: { absent: true } }',
    },
    {
      what: 'a number that is none beside a default in an array',
      documents: [[id(1), array('items', object('0', element(0x01, 'price', bits('000000000000f8ff'))))]],
      fields: items('{ q: { type: int, default: 1 } }'),
    },
    {
      what: 'undefined under another name',
      documents: [[id(1), undefinedAt('old'), int('z', 1)]],
      fields: '{ fresh: { renamedFrom: old } }',
    },
    {
      what: 'a dbPointer and an object with a name twice under another name',
      documents: [
        [id(1), pointerAt('old'), int('z', 1)],
        [id(2), object('old', ...twice), int('z', 1)],
      ],
      fields: '{ fresh: { renamedFrom: old } }',
    },
    {
      what: 'a name twice beside two defaults that are not sorted',
      documents: [[id(1), int('x', 1), int('x', 2), object('o', ...twice)]],
      fields: '{ z: { type: int, default: 1 }, a: { type: int, default: 1 } }',
    },
    {
      what: 'a name twice beside a nested default',
      documents: [[id(1), object('o', ...twice)]],
      fields: nested('{ n: { type: int, default: 1 } }'),
    },
    {
      what: 'undefined beside a nested field that goes',
      documents: [[id(1), object('o', undefinedAt('u'), int('gone', 1), int('z', 1))]],
      fields: nested('{ gone: { absent: true } }'),
    },
  ])('$what', async ({ documents, fields }) => {
    const { before, apply } = await prepared(documents, fields);
    await must(0, apply());
    expect(await site.hash()).not.toBe(before);
    await must(0, rollback());
    expect(await site.hash()).toBe(before);
  });
});

/** A value behind so many that it is in the second batch. */
const late = Array.from({ length: 1000 }, (_, at) => [id(at), int('gone', at)]);

describe('what could not be given back stops the pass before its batch, and what came before goes back', () => {
  test.each([
    { what: 'string (not UTF-8)', odd: element(0x02, 'gone', text(bits('fffe41'))) },
    { what: 'regex (options out of order)', odd: element(0x0b, 'gone', Buffer.from('a\0mi\0')) },
    { what: 'undefined', odd: object('gone', undefinedAt('u')) },
    { what: 'object (a name twice, or not UTF-8)', odd: object('gone', object('inner', ...twice)) },
    { what: 'undefined', odd: array('gone', undefinedAt('0')) },
  ])('$what', async ({ what, odd }) => {
    const { before, apply } = await prepared([...late, [id(2000), odd]], '{ gone: { absent: true } }');
    const { err } = await must(23, apply());
    expect(err).toContain(what);
    expect(err).toContain('2000');
    expect(
      await site
        .db()
        .collection('c')
        .countDocuments({ gone: { $exists: true } }),
    ).toBe(1);
    await must(0, rollback());
    expect(await site.hash()).toBe(before);
  });
});

describe('what could not be given back is found before, where the server can tell', () => {
  const odd = [object('o', ...twice, int('gone', 5)), array('items', object('0', ...twice))];
  test.each([
    { what: 'undefined', code: 'not-sendable', odd: [undefinedAt('gone')] },
    { what: 'dbPointer', code: 'not-sendable', odd: [pointerAt('gone')] },
    { what: 'code with scope', code: 'not-sendable', odd: [codeAt('gone')] },
    { what: 'a far date', code: 'not-sendable', odd: [element(0x09, 'gone', bits('0000000000000010'))] },
    { what: 'a name twice in what goes', code: 'not-sendable', odd, fields: '{ o: { absent: true } }' },
    { what: 'a name twice beside what goes', code: 'repeated-name', odd, fields: nested('{ gone: { absent: true } }') },
    {
      what: 'a name twice beside what is computed',
      code: 'repeated-name',
      odd,
      fields: nested('{ k: { compute: "$_id" } }'),
    },
    {
      what: 'a name twice beside a rename',
      code: 'repeated-name',
      odd,
      fields: nested('{ fresh: { renamedFrom: gone } }'),
    },
    { what: 'a name twice in an item', code: 'repeated-name', odd, fields: items('{ q: { type: int, default: 1 } }') },
  ])('$what', async ({ code, odd: elements, fields = '{ gone: { absent: true } }' }) => {
    const { before, apply, file } = await prepared([[id(1)], [id(2), ...elements]], fields);
    const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
    const { violations } = JSON.parse(out) as { violations: { code: string; count: number }[] };
    expect(violations.map((found) => [found.code, found.count])).toEqual([[code, 1]]);
    await must(22, apply());
    expect(await site.hash()).toBe(before);
  });
});

describe('a collection that is copied', () => {
  const copied = async (options: string, odd: Buffer) => {
    const { before } = await prepared([[id(1), odd]], '{}');
    const file = await schemaFile(`version: 1\ncollections: { c: { options: ${options} } }`);
    const apply = site.run(['apply', '--auto-approve', '--allow', 'recreate-collection', '--schema', file]);
    return { before, apply };
  };
  const clustered = '{ clusteredIndex: { key: { _id: 1 }, unique: true } }';
  const collated = '{ collation: { locale: uk } }';
  const number = element(0x01, 'a', bits('010000000000f87f'));

  test.each([
    { what: 'through this process: a number that is none', options: clustered, odd: number },
    { what: 'by the server: a number that is none', options: collated, odd: number },
    { what: 'by the server: a name twice', options: collated, odd: Buffer.concat([...twice, object('o', ...twice)]) },
    { what: 'by the server: text that is no UTF-8', options: collated, odd: element(0x02, 'a', text(bits('fffe41'))) },
    { what: 'by the server: undefined', options: collated, odd: undefinedAt('a') },
  ])('byte for byte, $what', async ({ options, odd }) => {
    const { apply } = await copied(options, odd);
    await must(0, apply);
    const found = site.db().collection<Uint8Array>('c').find({}, { raw: true });
    const bytes = await found.map((one) => Buffer.from(one).toString('hex')).toArray();
    expect(bytes).toEqual([document(id(1), odd).toString('hex')]);
  });

  test.each([
    { what: 'string (not UTF-8)', odd: element(0x02, 'a', text(bits('fffe41'))) },
    { what: 'object (a name twice, or not UTF-8)', odd: object('o', ...twice) },
    { what: 'object (a name twice, or not UTF-8)', odd: Buffer.concat(twice) },
    { what: 'undefined', odd: undefinedAt('a') },
  ])('refused through this process, and all is as it was: $what', async ({ what, odd }) => {
    const { before, apply } = await copied(clustered, odd);
    const { err } = await must(1, apply);
    expect(err).toContain(`byte for byte: ${what}.`);
    expect(err).toContain('Ids: {"$numberInt":"1"}');
    expect(await site.hash()).toBe(before);
  });
});
