import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BSON, type Db, type Document } from 'mongodb';

/** A part of an application's history, as commands. */
export interface Chapter {
  readonly name: string;
  readonly counts: { readonly collections: number; readonly indexes: number };
  readonly live: readonly Document[];
}

export interface Application {
  readonly start: Chapter;
  readonly upgrades: readonly Chapter[];
}

const countsOf = (counts: Document): Chapter['counts'] => ({
  collections: Number(counts['collections']),
  indexes: Number(counts['indexes']),
});

export function readApplication(file: string): Application {
  const path = fileURLToPath(new URL(`${file}.json`, import.meta.url));
  const found = BSON.EJSON.parse(readFileSync(path, 'utf8'), { relaxed: false }) as Document;
  const numbers = (chapter: Document): Chapter => ({
    name: String(chapter['name'] ?? 'at the start'),
    counts: countsOf(chapter['counts'] as Document),
    live: chapter['live'] as Document[],
  });
  return { start: numbers(found), upgrades: (found['upgrades'] as Document[]).map(numbers) };
}

const data = new Set(['insert', 'update', 'delete']);

export const isData = (command: Document): boolean => data.has(Object.keys(command)[0] ?? '');

export async function runAll(db: Db, commands: readonly Document[]): Promise<void> {
  for (const command of commands) {
    const reply = (await db.command(command)) as { writeErrors?: unknown };
    if (reply.writeErrors !== undefined) throw new Error(JSON.stringify(reply.writeErrors));
  }
}
