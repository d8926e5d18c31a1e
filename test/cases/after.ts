import { BSON, type Db } from 'mongodb';
import { expect } from 'vitest';
import type { CollectionAfter } from './case.ts';

type Members = Readonly<Record<string, unknown>>;

/** With the types of numbers, and names in their order. */
const typed = (document: object): string => BSON.EJSON.stringify(document, { relaxed: false });

const text = (value: unknown): string => JSON.stringify(value);

/** Members that must be so, null for absent; whatever else is there does not matter. */
function expectMembers(found: Members | undefined, wanted: Members): void {
  for (const [name, value] of Object.entries(wanted)) {
    const live = found?.[name];
    if (value === null) expect(live, name).toBeUndefined();
    else if (isMembers(value) && isMembers(live) && name !== 'key') expectMembers(live, value);
    else expect(text(live), name).toBe(text(value));
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function expectCollection(db: Db, name: string, wanted: CollectionAfter): Promise<void> {
  const [info] = await db.listCollections({ name }).toArray();
  if (wanted.type !== undefined) expect(info?.type).toBe(wanted.type);
  expectMembers((info as { options?: Members } | undefined)?.options, wanted.options ?? {});
  const indexes = wanted.indexes === undefined ? [] : await db.collection(name).indexes();
  for (const [index, spec] of Object.entries(wanted.indexes ?? {})) {
    const found = indexes.find((one) => one.name === index);
    if (spec === null) expect(found).toBeUndefined();
    else {
      expect(found, index).toBeDefined();
      expectMembers(found, spec);
    }
  }
  if (wanted.documents === undefined) return;
  const documents = await db.collection(name).find({}, { promoteValues: false }).sort({ _id: 1 }).toArray();
  expect(documents.map(typed)).toEqual(
    wanted.documents.map((one) => typed(BSON.EJSON.deserialize(one, { relaxed: false }) as object)),
  );
}

/** What listCollections, listIndexes and find must show, by collection; null: no such collection. */
export async function expectAfter(db: Db, after: Readonly<Record<string, CollectionAfter | null>>): Promise<void> {
  for (const [name, wanted] of Object.entries(after)) {
    if (wanted === null) expect(await db.listCollections({ name }).toArray()).toEqual([]);
    else await expectCollection(db, name, wanted);
  }
}

/** The indexes beside the one on _id, whatever their names. */
export async function expectExactly(db: Db, exactly: Readonly<Record<string, readonly Members[]>>): Promise<void> {
  for (const [name, wanted] of Object.entries(exactly)) {
    const found = (await db.collection(name).indexes()).filter((index) => index.name !== '_id_');
    expect(found).toHaveLength(wanted.length);
    for (const [at, spec] of wanted.entries()) expectMembers(found[at], spec);
  }
}

/** Each document is inserted by itself: refused with the code, or taken where that is null. */
export async function expectAccepted(
  db: Db,
  documents: Readonly<Record<string, readonly Members[]>>,
  code: number | null,
): Promise<void> {
  for (const [name, list] of Object.entries(documents)) {
    for (const document of list) {
      const answer = await db
        .collection(name)
        .insertOne({ ...document })
        .then(
          () => null,
          (error: unknown) => (error as { code?: number }).code,
        );
      expect([document, answer]).toEqual([document, code]);
    }
  }
}
