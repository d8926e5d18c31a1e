import type { Document } from 'mongodb';
import semver from 'semver';
import { describe, expect, inject, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, useSite } from '../support/site.ts';

/** What is managed, what is left alone, and what may never go. */
const site = useSite('ownership');

const schema = (collections: string, defaults = '{}'): Promise<string> =>
  schemaFile(`version: 1\ndefaults: ${defaults}\ncollections: ${collections}\n`);

interface Seen {
  readonly unmanaged: readonly string[];
  readonly ownership: { readonly adopt: readonly string[]; readonly release: readonly string[] };
  readonly steps: readonly { readonly address: string; readonly action: string; readonly kind: string }[];
  readonly hazards: readonly { readonly code: string }[];
}

async function planFor(file: string): Promise<Seen> {
  const { out } = await must(0, site.run(['plan', '--format', 'json', '--schema', file]));
  return JSON.parse(out) as Seen;
}

const applied = async (collections: string, defaults?: string, ...more: readonly string[]): Promise<void> => {
  await must(0, site.run(['apply', '--auto-approve', ...more, '--schema', await schema(collections, defaults)]));
};

const validatorOf = async (name: string): Promise<unknown> => {
  const [info] = await site.db().listCollections({ name }).toArray();
  return (info as { options?: Document } | undefined)?.options?.['validator'];
};

async function byHand(): Promise<void> {
  const db = await site.fresh();
  await db.createCollection('c', { validator: { a: { $exists: true } }, capped: true, size: 4096 });
  await db.collection('c').createIndex({ z: 1 });
}

describe('what nobody declared', () => {
  test('is reported and left: an index, a validator, a collection; options are kept without a word', async () => {
    await byHand();
    const { unmanaged, steps } = await planFor(await schema('{ c: {} }'));
    expect({ unmanaged, steps }).toEqual({ unmanaged: ['c.indexes.z_1', 'c.validator', 'other'], steps: [] });
  });

  test('is left without a word where that is asked for', async () => {
    await byHand();
    expect((await planFor(await schema('{ c: { unmanaged: ignore } }'))).unmanaged).toEqual(['other']);
    expect((await planFor(await schema('{ c: {} }', '{ unmanaged: ignore }'))).unmanaged).toEqual([]);
  });

  test('goes where prune is asked for, but for collections; and comes back', async () => {
    await byHand();
    const before = await site.hash();
    const file = await schema('{ c: {} }', '{ unmanaged: prune }');
    const { steps, hazards, unmanaged } = await planFor(file);
    expect(steps.map(({ address, action }) => `${action} ${address}`)).toEqual([
      'delete c.validator',
      'delete c.indexes.z_1',
    ]);
    expect(hazards.map(({ code }) => code)).toEqual(['unmanaged-prune', 'unmanaged-prune']);
    expect(unmanaged).toEqual(['other']);
    await must(20, site.run(['apply', '--auto-approve', '--schema', file]));
    await must(0, site.run(['apply', '--auto-approve', '--allow', 'unmanaged-prune', '--schema', file]));
    expect([await indexesOf(site.db(), 'c'), await validatorOf('c')]).toEqual([[], undefined]);
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });
});

describe('what is taken out of the file', () => {
  const whole =
    '{ c: { options: { capped: true, size: 4096 }, validator: { a: 1 }, fields: { f: { type: int, default: 1 } } } }';

  test('a validator is removed; options and fields are released as they are', async () => {
    await site.fresh();
    await applied(whole);
    const file = await schema('{ c: {} }');
    const { steps, ownership } = await planFor(file);
    expect(steps.map(({ address, action }) => `${action} ${address}`)).toEqual(['delete c.validator']);
    expect(ownership.release).toEqual(['c.fields.f']);
    await applied('{ c: {} }');
    const [info] = await site.db().listCollections({ name: 'c' }).toArray();
    expect((info as { options?: Document } | undefined)?.options).toMatchObject({ capped: true });
    expect(await validatorOf('c')).toBeUndefined();
  });

  test('a view goes, and comes back as it was', async () => {
    await site.fresh();
    await applied('{ c: {}, v: { options: { viewOn: c, pipeline: [ { $match: { a: 1 } } ] } } }');
    const before = await site.hash();
    const { steps, hazards, ownership } = await planFor(await schema('{ c: {} }'));
    expect(steps).toMatchObject([{ address: 'v', action: 'delete' }]);
    expect(ownership.release).toEqual([]);
    expect(hazards).toMatchObject([{ code: 'drop-collection' }]);
    await applied('{ c: {} }', undefined, '--allow', 'drop-collection');
    expect(await site.db().listCollections({ name: 'v' }).toArray()).toEqual([]);
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });
});

describe('an empty schema', () => {
  test.each(['{}', '{ }'])('never means to drop everything: 20, whatever is allowed (%s)', async (empty) => {
    await site.fresh();
    await applied('{ c: { indexes: [ { key: { a: 1 } } ] }, d: {} }');
    const before = await site.hash();
    const file = await schema(empty);
    const { err } = await must(
      20,
      site.run(['apply', '--auto-approve', '--allow', 'drop-collection', '--schema', file]),
    );
    expect(err).toContain('Applied were: c, d.');
    await must(20, site.run(['plan', '--schema', file]));
    expect(await site.hash()).toBe(before);
  });
});

describe('protection is remembered in the database', () => {
  test.each([
    ['taken out of the file', '{ other: {} }'],
    ['declared absent', '{ c: { absent: true } }'],
    ['to be copied', '{ c: { options: { collation: { locale: fr } } } }'],
  ])('a protected collection that is %s: 20, whatever is allowed', async (_, collections) => {
    await site.fresh();
    await applied('{ c: { protect: true } }');
    const file = await schema(collections);
    const all = 'drop-collection,recreate-collection';
    const { err } = await must(20, site.run(['apply', '--auto-approve', '--allow', all, '--schema', file]));
    expect(err).toContain('protected');
    expect(await site.db().listCollections({ name: 'c' }).toArray()).toHaveLength(1);
  });

  test('a rollback does not drop it: 20; without it the rest goes, and once it is not protected all does', async () => {
    await site.fresh();
    await applied('{ c: { protect: true }, d: {} }');
    const { err } = await must(20, site.run(['rollback', '--auto-approve', '--allow', 'drop-collection']));
    expect(err).toContain('"c" is protected');
    await must(0, site.run(['rollback', '--auto-approve', '--exclude', 'c']));
    const names = async (): Promise<readonly string[]> =>
      (
        await site
          .db()
          .listCollections({ name: { $in: ['c', 'd'] } })
          .toArray()
      )
        .map(({ name }) => name)
        .sort();
    expect(await names()).toEqual(['c']);
    await applied('{ c: {} }');
    await must(0, site.run(['rollback', '--all', '--auto-approve']));
    expect(await names()).toEqual([]);
  });

  test('without protection it goes, once that is applied', async () => {
    await site.fresh();
    await applied('{ c: { protect: true } }');
    await applied('{ c: {} }');
    await applied('{ other: {} }', undefined, '--allow', 'drop-collection');
    expect(await site.db().listCollections({ name: 'c' }).toArray()).toEqual([]);
  });
});

describe('declared absent', () => {
  test('a collection, an index and a validator that nobody applied go; what is not there is no change', async () => {
    const db = await site.fresh();
    await db.createCollection('c', { validator: { a: { $exists: true } } });
    await db.collection('c').createIndex({ z: 1 });
    await db.createCollection('gone');
    const before = await site.hash();
    const file = await schema(
      '{ c: { validation: { absent: true }, indexes: [ { key: { z: 1 }, absent: true }, { key: { y: 1 }, absent: true } ] }, gone: { absent: true }, never: { absent: true } }',
    );
    const { steps } = await planFor(file);
    expect(steps.map(({ address, action }) => `${action} ${address}`).sort()).toEqual([
      'delete c.indexes.z_1',
      'delete c.validator',
      'delete gone',
    ]);
    const { out } = await must(0, site.run(['plan', '--schema', file]));
    expect(out).toContain('declared absent');
    await must(0, site.run(['apply', '--auto-approve', '--allow', 'drop-collection,drop-index', '--schema', file]));
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });
});

describe('a collection with a former name', () => {
  const filled = async (): Promise<string> => {
    const db = await site.fresh();
    await db.collection('order').insertMany([{ _id: 1, a: 1 }, { _id: 2 }] as Document[]);
    await applied('{ order: { fields: { a: { type: int, default: 5 } }, indexes: [ { key: { a: 1 } } ] } }');
    return site.hash();
  };
  const renamed =
    '{ orders: { renamedFrom: order, fields: { a: { type: int, default: 5 }, b: { type: int, default: 6 } }, indexes: [ { key: { a: 1 } }, { key: { b: 1 }, unique: true, sparse: true } ] } }';

  test('is renamed, with what is known of it; what else is declared is done under the new name', async () => {
    await filled();
    await site.db().collection('order').deleteOne({ a: 1 });
    const { steps, hazards } = await planFor(await schema(renamed));
    expect(hazards).toEqual([]);
    expect(steps.map(({ address, kind }) => `${kind} ${address}`)).toEqual([
      'renameCollection orders',
      'backfill orders.fields.b',
      'createIndex orders.indexes.b_1',
    ]);
    await applied(renamed);
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', await schema(renamed)]));
    expect(await site.db().collection('orders').find().toArray()).toEqual([{ _id: 2, a: 5, b: 6 }]);
  });

  test('is given back under it, its documents as they were', async () => {
    const before = await filled();
    await site
      .db()
      .collection('order')
      .updateOne({ a: 1 }, { $set: { b: 7 } });
    const start = await site.hash();
    expect(start).not.toBe(before);
    await applied(renamed);
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(start);
    await must(0, site.run(['rollback', '--all', '--auto-approve']));
    expect(await site.db().collection('order').find().toArray()).toEqual([{ _id: 1, a: 1, b: 7 }, { _id: 2 }]);
  });

  test.each([
    ['options that collMod changes', 'changeStreamPreAndPostImages: { enabled: true }', '6.0.0'],
    ['options that only a copy can have', 'capped: true, size: 100000', '4.4.0'],
    ['another collation', 'collation: { locale: fr }', '4.4.0'],
  ])('gets %s under the new name, and is given back as it was', async (_, options, since) => {
    if (semver.lt(inject('server'), since)) return;
    const before = await filled();
    const changed = `{ orders: { renamedFrom: order, options: { ${options} }, fields: { a: { type: int, default: 5 } }, indexes: [ { key: { a: 1 } } ] } }`;
    await applied(changed, undefined, '--allow', 'recreate-collection');
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', await schema(changed)]));
    await must(0, site.run(['rollback', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });

  test('is refused where both names are there', async () => {
    await filled();
    await site.db().createCollection('orders');
    const { err } = await must(20, site.run(['plan', '--schema', await schema(renamed)]));
    expect(err).toContain('"order"');
  });
});
