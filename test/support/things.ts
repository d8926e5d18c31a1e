import type { Document } from 'mongodb';
import { schemaFile } from './schema.ts';
import { must, useSite } from './site.ts';

/** One collection with a rule of each sort that data may break. */
export const things = `
version: 1
milestones: { m: Later }
collections:
  things:
    fields:
      kind: { type: string, enum: [a, b] }
      size: { type: int, maximum: 9 }
      note: { type: string, nullable: true, default: null, milestone: m }
    checks: { lost: { severity: critical, where: { lost: true } } }
`;

/** A database of its own in which `check` is run on a few documents. */
export function useThings(name: string) {
  const site = useSite(name);
  return {
    site,
    /** Beside one document that is sound. Answers the schema's file. */
    scene: async (...documents: readonly Document[]): Promise<string> => {
      const db = await site.fresh();
      await db.collection('things').insertMany([{ kind: 'a', size: 1 }, ...documents]);
      return schemaFile(things);
    },
    run: (code: number, file: string, ...args: readonly string[]) =>
      must(code, site.run(['check', '--schema', file, ...args])),
  };
}
