import { readFile, writeFile } from 'node:fs/promises';
import type { Db, Document } from 'mongodb';
import { here } from './here.ts';
import { schemaFile } from './schema.ts';
import { must, type Site, useSite } from './site.ts';

/** What is applied before anything is changed. */
export const applied = `
version: 1
milestones: { m1: First, m2: Second }
collections:
  orders:
    validation: { level: moderate, action: warn }
    fields:
      status: { type: string, enum: [open, closed] }
      note: { type: string, nullable: true, default: null, milestone: m1 }
    indexes:
      - { key: { user_id: 1 } }
      - { key: { day: -1, status: 1 }, milestone: m2 }
      - { key: { code: 1 }, unique: true, name: code_once }
    checks: { lost: { severity: high, where: { lost: true } } }
  logs: { options: { capped: true, size: 8192 } }
  open_orders: { options: { viewOn: orders, pipeline: [ { $match: { status: open } } ] } }
  vault: { protect: true, options: { collation: { locale: fr } } }
`;

export interface Found {
  readonly address: string;
  readonly verdict: string;
  readonly reason: string;
  readonly message: string;
  readonly fingerprint: string;
  readonly fix: readonly string[];
  readonly keep: string | null;
  readonly declared: unknown;
  readonly applied: unknown;
  readonly live: unknown;
}

export interface Report {
  readonly summary: Readonly<Record<string, number>>;
  readonly findings: readonly Found[];
  readonly gone: readonly object[];
  readonly inProgress: unknown;
}

export const line = ({ verdict, address, reason }: Found): string => `${verdict} ${address} ${reason}`;

/** An index as somebody makes it by hand. */
export const index = (db: Db, key: Document, options: Document): Promise<Document> =>
  db.command({ createIndexes: 'orders', indexes: [{ key, name: Object.entries(key).flat().join('_'), ...options }] });

/** A database of its own in which drift is looked for. */
export function useDrift(name: string) {
  const site: Site = useSite(name);
  const run = (code: number, ...args: readonly string[]) => must(code, here(site.uri(), args));
  /** A database to which the schema was applied, and nothing else in it. */
  const scene = async (): Promise<string> => {
    const db = await site.fresh();
    await db.dropCollection('other');
    await db.createCollection('orders');
    const file = await schemaFile(applied);
    await run(0, 'apply', '--auto-approve', '--schema', file);
    return file;
  };
  const edit = async (file: string, from: string | RegExp, to: string): Promise<void> => {
    const text = await readFile(file, 'utf8');
    if (text.replace(from, () => to) === text) throw new Error('nothing was edited');
    await writeFile(
      file,
      text.replace(from, () => to),
    );
  };
  return {
    site,
    run,
    scene,
    edit,
    drift: async (code: number, file: string, ...args: readonly string[]): Promise<Report> => {
      const { out } = await run(code, 'drift', '--schema', file, '--format', 'json', ...args);
      return JSON.parse(out) as Report;
    },
    /** One of each: changed by hand, pending, unmanaged. */
    oneOfEach: async (): Promise<string> => {
      const file = await scene();
      await edit(file, 'indexes:', 'indexes:\n      - { key: { a: 1 } }');
      await site.db().collection('orders').dropIndex('user_id_1');
      await site.db().createCollection('sessions');
      return file;
    },
  };
}
