import { late, long, of, type Row } from './dangers.ts';

export const collectionRows: readonly Row[] = [
  {
    what: 'a copy into a collation under which ids are equal',
    schema: 'c: { options: { collation: { locale: en, strength: 1 } } }',
    documents: [{ _id: 'a' }, { _id: 'A' }, { _id: 'b' }],
    hazards: [{ code: 'recreate-collection', address: 'c', count: 3 }],
    violations: [{ code: 'duplicate', address: 'c', count: 2 }],
    exit: 22,
  },
  {
    what: 'a capped collection that becomes smaller',
    schema: 'c: { options: { capped: true, size: 4096 } }',
    prepare: (db) =>
      db
        .collection('c')
        .drop()
        .then(() => db.createCollection('c', { capped: true, size: 100_000 })),
    documents: of(50, () => ({ text: 'x'.repeat(200) })),
    // 50 documents of 225 bytes each: about so many do not fit into 4096.
    hazards: [{ code: 'shrink-capped', address: 'c', count: 32 }],
    exit: 20,
    before: {
      '6.0.0': {
        hazards: [
          { code: 'recreate-collection', address: 'c', count: 50 },
          { code: 'shrink-capped', address: 'c', count: 32 },
        ],
      },
    },
  },
  {
    what: 'a copy into a cap that not all documents fit under',
    schema: 'c: { options: { capped: true, size: 100000, max: 20 } }',
    documents: of(50, () => ({ text: 'x' })),
    hazards: [
      { code: 'recreate-collection', address: 'c', count: 50 },
      { code: 'shrink-capped', address: 'c', count: 30 },
    ],
    exit: 20,
  },
  {
    what: 'a document that is larger than the cap',
    schema: 'c: { options: { capped: true, size: 4096 } }',
    documents: of(3, (at) => ({ text: 'x'.repeat(at === 1 ? 5000 : 1) })),
    hazards: [
      { code: 'recreate-collection', address: 'c', count: 3 },
      { code: 'shrink-capped', address: 'c', count: 1 },
    ],
    exit: 20,
    before: { '5.0.0': { violations: [{ code: 'too-large', address: 'c', count: 1 }], exit: 22 } },
  },
  {
    what: 'a copy into a clustered collection whose TTL deletes documents today',
    schema: 'c: { options: { clusteredIndex: { key: { _id: 1 }, unique: true }, expireAfterSeconds: 3600 } }',
    documents: [...of(3, () => ({})), { _id: long }, { _id: new Date(long.getTime() + 1) }, { _id: late }],
    hazards: [
      { code: 'recreate-collection', address: 'c', count: 6 },
      { code: 'ttl-expiry', address: 'c', count: 2 },
    ],
    exit: 20,
    since: '6.0.0',
  },
  {
    what: 'the TTL of a clustered collection that becomes shorter',
    schema: 'c: { options: { clusteredIndex: { key: { _id: 1 }, unique: true }, expireAfterSeconds: 3600 } }',
    prepare: async (db) => {
      await db.collection('c').drop();
      const clusteredIndex = { key: { _id: 1 }, unique: true };
      await db.createCollection('c', { clusteredIndex, expireAfterSeconds: 1_500_000_000 });
    },
    documents: [{ _id: 1 }, { _id: long }, { _id: late }],
    hazards: [{ code: 'ttl-expiry', address: 'c', count: 1 }],
    exit: 20,
    since: '6.0.0',
  },
];
