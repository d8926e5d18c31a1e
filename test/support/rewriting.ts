import type { Document } from 'mongodb';
import { schemaFile } from './schema.ts';
import { useSite } from './site.ts';

/** A database of its own whose collection `things` is rewritten. */
export function useRewriting(name: string) {
  const site = useSite(name);
  return {
    site,
    things: (fields: string, more = ''): Promise<string> =>
      schemaFile(`version: 1\ncollections:\n  things:\n    fields: ${fields}\n${more}`),
    /** The hash of the database with these documents in it. */
    filled: async (documents: readonly Document[], others: readonly Document[] = []): Promise<string> => {
      const db = await site.fresh();
      await db.collection('things').insertMany([...documents]);
      if (others.length > 0) await db.collection('people').insertMany([...others]);
      return site.hash();
    },
    apply: (file: string, ...more: readonly string[]) =>
      site.run(['apply', '--auto-approve', '--schema', file, ...more]),
    all: (): Promise<readonly Document[]> => site.db().collection('things').find().sort({ _id: 1 }).toArray(),
  };
}

/** How many documents each batch of a run changed, as its events (NDJSON) say. */
export function batchesIn(events: string): readonly number[] {
  return events
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; batch?: number })
    .filter(({ event }) => event === 'progress')
    .map(({ batch }) => batch ?? 0);
}
