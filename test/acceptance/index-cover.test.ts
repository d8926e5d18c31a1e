import { type Document, MongoClient } from 'mongodb';
import semver from 'semver';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { introspectCollection } from '../../src/database/introspect.ts';
import type { Database } from '../../src/database/port.ts';
import { hazardCodes } from '../../src/planner/contract.ts';
import { open, planText, rollbackPlan, run } from '../cases/run.ts';

/** An index name that moves to another key, while another index takes the old key over. */
const name = 'test_index_cover';
let client: MongoClient;
let door: Database;
beforeAll(async () => {
  client = await new MongoClient(inject('uri')).connect();
  door = await open(inject('uri'), name);
});
afterAll(async () => {
  await client.db(name).dropDatabase();
  await door.close();
  await client.close();
});

const wide = semver.gte(inject('server'), '5.0.0');

interface Row {
  readonly what: string;
  readonly live: readonly Document[];
  readonly schema: string;
  /** Keys without an index for a while, which the plan must say; on 4.4 there is no bridge. */
  readonly gaps: readonly string[];
  readonly gapsOn44?: readonly string[];
}

const rows: readonly Row[] = [
  {
    what: 'the old key under another name',
    live: [{ name: 'x', key: { a: 1 } }],
    schema: '[{ name: x, key: { b: 1 } }, { name: z, key: { a: 1 } }]',
    gaps: [],
    gapsOn44: ['a'],
  },
  {
    what: 'the old key without a name',
    live: [{ name: 'x', key: { a: 1 } }],
    schema: '[{ name: x, key: { b: 1 } }, { key: { a: 1 } }]',
    gaps: [],
    gapsOn44: ['a'],
  },
  {
    what: 'the old key with another signature',
    live: [{ name: 'x', key: { a: 1 } }],
    schema: '[{ name: x, key: { b: 1 } }, { name: z, key: { a: 1 }, unique: true }]',
    gaps: [],
    gapsOn44: ['a'],
  },
  {
    what: 'a chain of names',
    live: [
      { name: 'x', key: { a: 1 } },
      { name: 'y', key: { b: 1 } },
    ],
    schema: '[{ name: x, key: { b: 1 } }, { name: y, key: { c: 1 } }, { name: z, key: { a: 1 } }]',
    gaps: [],
    gapsOn44: ['a', 'b'],
  },
  {
    what: 'a chain whose first key nobody takes over',
    live: [
      { name: 'x', key: { a: 1 } },
      { name: 'y', key: { b: 1 } },
    ],
    schema: '[{ name: x, key: { b: 1 } }, { name: y, key: { c: 1 } }]',
    gaps: ['b'],
  },
  {
    what: 'two that exchange keys and become unique',
    live: [
      { name: 'x', key: { a: 1 } },
      { name: 'y', key: { b: 1 } },
    ],
    schema: '[{ name: x, key: { b: 1 }, unique: true }, { name: y, key: { a: 1 }, unique: true }]',
    gaps: ['b'],
  },
];

/** The database, and which of the given keys had no index after some command. */
function watched(db: Database, keys: readonly string[]): { readonly db: Database; readonly bare: Set<string> } {
  const bare = new Set<string>();
  const spied: Database = {
    ...db,
    run: async (command, options) => {
      const reply = await db.run(command, options);
      if (command.has('dropIndexes') || command.has('createIndexes')) {
        const standing = await keysNow(db);
        for (const key of keys) if (!standing.includes(key)) bare.add(key);
      }
      return reply;
    },
  };
  return { db: spied, bare };
}

async function keysNow(db: Database): Promise<readonly string[]> {
  const found = await introspectCollection(db, 'c');
  return Object.values(found?.state.indexes ?? {}).map(({ key }) => key.map(([field]) => field).join());
}

describe('the key that an index leaves', () => {
  test.each(rows)('$what', async ({ what, live, schema, gaps, gapsOn44 = gaps }) => {
    const mongo = client.db(name);
    await mongo.dropDatabase();
    await mongo.command({ createIndexes: 'c', indexes: [...live] });
    const before = (await introspectCollection(door, 'c'))?.state;
    const wanted = wide ? gaps : gapsOn44;
    const text = `version: 1\ncollections: { c: { indexes: ${schema} } }\n`;
    const plan = planText(door, text, [...hazardCodes]);
    if (!wide && what.startsWith('two that exchange')) {
      await expect(plan).rejects.toMatchObject({ exitCode: 20 });
      return;
    }
    const { steps } = await plan;
    const announced = steps.filter(({ hazards }) => hazards.some(({ code }) => code === 'index-gap'));
    const start = await keysNow(door);
    const kept = start.filter((key) => schema.includes(`{ ${key}: 1 }`));
    const { db, bare } = watched(door, kept);
    expect(await run(db, await plan)).toMatchObject({ exitCode: 0 });
    expect([...bare].sort()).toEqual(wanted);
    // On 4.4 a name that moves is a gap of its own.
    if (wide) expect(announced).toHaveLength(wanted.length);
    else expect(announced.length).toBeGreaterThanOrEqual(wanted.length);
    expect(await planText(door, text)).toMatchObject({ noop: true });
    expect(await run(door, await rollbackPlan(door))).toMatchObject({ exitCode: 0 });
    expect((await introspectCollection(door, 'c'))?.state).toEqual(before);
  });
});
