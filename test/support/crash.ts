import type { MongoClient } from 'mongodb';
import { expect } from 'vitest';
import { calm, failCommand } from './faults.ts';
import { schemaFile } from './schema.ts';
import { indexesOf, must, own, type Running, type Site, until } from './site.ts';
import { undoIds } from './undo.ts';

const schema = `
version: 1
collections:
  things:
    fields:
      note: { type: string, nullable: true, default: null }
      kind: { type: string, default: plain }
    indexes: [ { key: { a: 1 } } ]
`;

/** More than two batches, so that there is a middle. */
export const documents = 7000;

export interface Prepared {
  readonly file: string;
  /** The hash of the database as it was. */
  readonly before: string;
}

/** A collection with three steps to do: two fields in one pass, one index. */
export async function prepared(site: Site): Promise<Prepared> {
  const db = await site.fresh();
  const things = Array.from({ length: documents }, (_, a) => ({ a, ...(a % 7 === 0 ? { kind: 'own' } : {}) }));
  await db.collection('things').insertMany(things);
  return { file: await schemaFile(schema), before: await site.hash() };
}

export const applyOf = (file: string, ...more: readonly string[]): readonly string[] => [
  'apply',
  '--auto-approve',
  '--schema',
  file,
  ...more,
];

/** A command line that has written some batches and not all; each takes so many milliseconds. */
export async function inTheMiddle(site: Site, args: readonly string[], blockTimeMS = 300): Promise<Running> {
  const slow = { failCommands: ['update'], namespace: `${site.name}.things`, blockConnection: true, blockTimeMS };
  await failCommand(site.client(), slow, 'alwaysOn');
  const running = site.spawn(args);
  await until(async () => {
    const steps = await own(site.db(), 'steps');
    return steps.some(({ state, chunks }) => state === 'started' && Number(chunks) > 1);
  });
  return running;
}

export async function killed(client: MongoClient, running: Running): Promise<void> {
  running.kill('SIGKILL');
  await running.done;
  await calm(client);
}

/** Nothing is left to do, nothing was done twice, and it can all be taken back. */
export async function whole(site: Site, { file, before }: Prepared): Promise<void> {
  const db = site.db();
  await must(0, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', '--schema', file]));
  expect(await db.collection('things').countDocuments({ note: { $exists: false } })).toBe(0);
  expect(await db.collection('things').countDocuments({ kind: 'own' })).toBe(Math.ceil(documents / 7));
  expect(await indexesOf(db, 'things')).toEqual(['a_1']);
  const ids = (await undoIds(db)).map(String);
  expect(ids).toHaveLength(documents);
  expect(new Set(ids).size).toBe(documents);
  expect((await own(db, 'lock'))[0]).toMatchObject({ owner: null });
  await must(0, site.run(['rollback', '--all', '--auto-approve']));
  expect(await site.hash()).toBe(before);
}
