import { describe, expect, test } from 'vitest';
import { batchesIn, useRewriting } from '../support/rewriting.ts';
import { must, planOf } from '../support/site.ts';

const { site, things, filled, apply, all } = useRewriting('rewrites');

describe('what stands against a rewrite is found before anything is written', () => {
  test.each([
    {
      what: 'both names',
      documents: [
        { _id: 1, old: 1 },
        { _id: 2, old: 1, fresh: 2 },
      ],
      fields: '{ fresh: { renamedFrom: old } }',
      violation: { code: 'rename-collision', count: 1 },
    },
    {
      what: 'values that cannot be converted',
      documents: [
        { _id: 1, n: '1' },
        { _id: 2, n: '1.5' },
        { _id: 3, n: 'x' },
        { _id: 4, n: '007' },
      ],
      fields: '{ n: { type: int, convert: true } }',
      violation: { code: 'not-convertible', count: 3 },
    },
    {
      what: 'a validator that would refuse the result',
      documents: [{ _id: 1, old: 'a' }],
      fields: '{ fresh: { renamedFrom: old } }',
      validator: { $jsonSchema: { required: ['old'] } },
      violation: { code: 'validator', count: 1 },
    },
    {
      what: 'a unique index that the result would break',
      documents: [
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
      ],
      fields: '{ u: { compute: { $literal: 1 } } }',
      unique: { u: 1 },
      violation: { code: 'duplicate', count: 2 },
    },
  ])('$what', async ({ documents, fields, validator, unique, violation }) => {
    await filled(documents);
    if (validator !== undefined) await site.db().command({ collMod: 'things', validator });
    if (unique !== undefined) {
      const partialFilterExpression = { u: { $gte: 0 } };
      const index = { key: unique, name: 'u', unique: true, partialFilterExpression };
      await site.db().command({ createIndexes: 'things', indexes: [index] });
    }
    const before = await site.hash();
    const file = await things(fields);
    expect((await planOf(site, ['--schema', file]))['violations']).toMatchObject([violation]);
    await must(22, apply(file, '--allow', 'convert-type,drop-field'));
    expect(await site.hash()).toBe(before);
  });

  test('an expression that fails on a document: told with its _id in the plan, and while a pass runs', async () => {
    const bad = 2345;
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({ _id: from + at, n: 1 }));
    await filled(numbers(0, 3000));
    const file = await things('{ s: { type: double, compute: { $divide: [ 1, $n ] } } }');
    const collection = site.db().collection<{ _id: number; n: number }>('things');
    await collection.updateOne({ _id: bad }, { $set: { n: 0 } });
    const { err } = await must(22, apply(file));
    expect(err).toContain('things.fields.s: its expression fails on a document');
    expect(err).toContain(`It fails on the document with the _id ${bad}.`);
    await collection.updateOne({ _id: bad }, { $set: { n: 1 } });
    const saved = `${file}.plan.json`;
    await must(0, site.run(['plan', '--schema', file, '--out', saved]));
    await collection.updateOne({ _id: bad }, { $set: { n: 0 } });
    const ran = await must(23, site.run(['apply', saved]));
    expect(ran.err).toContain(`It fails on the document with the _id ${bad}.`);
    await collection.updateOne({ _id: bad }, { $set: { n: 1 } });
    await must(0, site.run(['resume', '--auto-approve']));
    expect(await collection.countDocuments({ s: 1 })).toBe(3000);
  });

  test('an expression that the server does not know: 65, at its place, whatever the documents hold', async () => {
    await filled([{ _id: 1 }]);
    const file = await things('{ s: { type: double, compute: { $nope: 1 } } }');
    const { err } = await must(65, site.run(['plan', '--schema', file]));
    expect(err).toContain('"things.fields.s": this server cannot work with what is declared');
    expect(err).toContain('$nope');
  });
});

test('one field renamed, converted and filled: a pass each, and each taken back', async () => {
  const before = await filled([
    { _id: 1, z: 1, amount: '12', y: 2 },
    { _id: 2, y: 2 },
  ]);
  const file = await things('{ total: { type: int, renamedFrom: amount, convert: true, default: 0 } }');
  await must(0, apply(file, '--allow', 'convert-type'));
  expect(await all()).toEqual([
    { _id: 1, z: 1, y: 2, total: 12 },
    { _id: 2, y: 2, total: 0 },
  ]);
  await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', file]));
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('five changes of a collection are one pass, and one of them is taken back alone', async () => {
  await filled([{ _id: 1, a: 1, gone: 'x', old: 5, b: 2 }]);
  const file = await things(
    '{ c: { type: int, default: 1 }, d: { compute: "$a" }, gone: { absent: true }, fresh: { renamedFrom: old }, b: { type: string, convert: true } }',
  );
  const plan = await planOf(site, ['--schema', file]);
  expect(plan['units']).toHaveLength(1);
  await must(0, apply(file, '--allow', 'convert-type,drop-field'));
  expect(await all()).toEqual([{ _id: 1, a: 1, b: '2', fresh: 5, c: 1, d: 1 }]);
  await must(0, site.run(['rollback', '--auto-approve', '--only', 'things.fields.gone']));
  expect(JSON.stringify(await all())).toBe('[{"_id":1,"a":1,"gone":"x","b":"2","fresh":5,"c":1,"d":1}]');
});

test('invert after the application wrote: a rollback leaves what the application wrote since, and says which', async () => {
  await filled([
    { _id: 1, n: '1' },
    { _id: 2, n: '2' },
    { _id: 3, n: '3' },
  ]);
  const file = await things('{ n: { type: int, convert: true } }');
  await must(0, apply(file, '--allow', 'convert-type'));
  await site
    .db()
    .collection('things')
    .updateOne({ _id: 2 as never }, { $set: { n: 20 } });
  const { out } = await must(0, site.run(['rollback', '--auto-approve']));
  expect(out).toContain('kept  things.fields.n: 1 document changed since and stay as they are (ids 2)');
  expect(await all()).toEqual([
    { _id: 1, n: '1' },
    { _id: 2, n: 20 },
    { _id: 3, n: '3' },
  ]);
});

test('a document with values that the driver cannot send keeps them', async () => {
  await filled([{ _id: 1, a: 1, gone: 2 }]);
  // $function yields a value of the deprecated type undefined, which no driver sends.
  const undefinedValue = { $function: { body: 'function() { return undefined }', args: [], lang: 'js' } };
  await site
    .db()
    .collection('things')
    .updateMany({}, [{ $set: { odd: undefinedValue } }]);
  const before = await site.hash();
  await must(0, apply(await things('{ gone: { absent: true } }'), '--allow', 'drop-field'));
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('a rollback names ids beside a field only where they are of that field', async () => {
  await filled([1, 2, 3].map((n) => ({ _id: n, n })));
  await must(0, apply(await things('{ a: { compute: "$n" }, b: { compute: "$n" }, c: { compute: "$n" } }')));
  const db = site.db().collection<{ _id: number }>('things');
  await db.updateOne({ _id: 1 }, { $set: { a: 10 } });
  await db.updateOne({ _id: 2 }, { $set: { b: 20 } });
  const { out } = await must(0, site.run(['rollback', '--auto-approve']));
  const warnings = out
    .split('\n')
    .filter((line) => line.includes('! kept'))
    .toSorted();
  expect(warnings).toEqual([
    '! kept  things.fields.a: 1 document changed since and stay as they are',
    '! kept  things.fields.b: 1 document changed since and stay as they are',
    '! kept  things: of these documents in one field or another: ids 1, 2',
  ]);
});

test('a huge value is kept in parts, and comes back', async () => {
  const before = await filled([
    { _id: 1, a: 1, big: 'x'.repeat(16 * 1024 * 1024 - 200), z: 2 },
    { _id: 2, big: ['y'.repeat(9 * 1024 * 1024)] },
  ]);
  await must(0, apply(await things('{ big: { absent: true } }'), '--allow', 'drop-field'));
  expect(await all()).toEqual([{ _id: 1, a: 1, z: 2 }, { _id: 2 }]);
  await must(0, site.run(['rollback', '--auto-approve']));
  expect(await site.hash()).toBe(before);
});

test('a rollback reads no more of huge documents at once than one transaction should hold', async () => {
  const before = await filled([...Array(8).keys()].map((_id) => ({ _id, a: { big: 'x'.repeat(6 * 1024 * 1024) } })));
  await must(0, apply(await things('{ a: { type: object, fields: { n: { type: int, default: 1 } } } }')));
  const { out } = await must(0, site.run(['rollback', '--auto-approve', '--format', 'json']));
  const batches = batchesIn(out);
  expect(batches.reduce((sum, batch) => sum + batch, 0)).toBe(8);
  expect(Math.max(...batches)).toBeLessThanOrEqual(3);
  expect(await site.hash()).toBe(before);
});

test('what was deleted since is told, not given back', async () => {
  await filled(Array.from({ length: 10 }, (_, _id) => ({ _id, gone: _id })));
  await must(0, apply(await things('{ gone: { absent: true } }'), '--allow', 'drop-field'));
  await site
    .db()
    .collection('things')
    .deleteMany({ _id: { $gt: 6 as never } });
  const { out } = await must(0, site.run(['rollback', '--auto-approve']));
  expect(out).toContain('! gone  things: 3 documents that the run had changed are there no more');
  expect(await all()).toEqual(Array.from({ length: 7 }, (_, _id) => ({ _id, gone: _id })));
});

describe('--no-undo', () => {
  test('a rollback names everything for which nothing was kept', async () => {
    await filled([{ _id: 1 }]);
    const fields = '{ a: { type: int, default: 1 }, b: { type: int, default: 1 } }';
    await must(0, apply(await things(fields), '--no-undo', '--allow', 'no-undo'));
    const { err } = await must(20, site.run(['rollback', '--auto-approve']));
    expect(err).toContain('2 objects cannot be brought back');
    expect(err).toContain('--exclude things.fields.a --exclude things.fields.b');
  });

  test('reaches every id, also null, not a number, and between kinds of value', async () => {
    const ids = [null, Number.NaN, 5, 'x', true, new Date(0), ...[1, 2, 3].map((k) => ({ k })), 0, 1];
    await filled(ids.map((_id) => ({ _id }) as never));
    await must(0, apply(await things('{ b: { type: int, default: 1 } }'), '--no-undo', '--allow', 'no-undo'));
    expect(await site.db().collection('things').countDocuments({ b: 1 })).toBe(ids.length);
  });

  test('is a hazard, keeps nothing, and its rollback is refused', async () => {
    await filled(Array.from({ length: 3000 }, (_, at) => ({ _id: at % 2 === 0 ? at : `s${at}`, a: at }) as never));
    const file = await things('{ b: { type: int, default: 1 }, c: { compute: "$a" } }');
    await must(20, apply(file, '--no-undo'));
    await must(0, apply(file, '--no-undo', '--allow', 'no-undo'));
    expect(
      await site
        .db()
        .collection('things')
        .countDocuments({ b: 1, $expr: { $eq: ['$a', '$c'] } }),
    ).toBe(3000);
    expect(await site.db().collection('schemactl_undo').countDocuments()).toBe(0);
    const { err } = await must(20, site.run(['rollback', '--auto-approve']));
    expect(err).toContain('planned with --no-undo');
  });
});

test('--throttle keeps to so many documents a second', async () => {
  await filled(Array.from({ length: 300 }, (_, at) => ({ _id: at as never })));
  const began = performance.now();
  const { out } = await must(0, apply(await things('{ a: { type: int, default: 1 } }'), '--throttle', '100/s'));
  expect(out.match(/slower: --throttle allows 100 documents a second/g)).toHaveLength(1);
  expect(performance.now() - began).toBeGreaterThan(2500);
  await must(64, apply(await things('{ a: { type: int, default: 1 } }'), '--throttle', 'fast'));
});
