import { demoDocuments } from '../../demo/data.ts';
import { allowed, toRewrite } from '../support/rewritten.ts';
import { everyRoute } from '../support/routes.ts';
import { must, type Site } from '../support/site.ts';

/** A database before an apply, and the command lines that change it and take that back. */
export interface Scene {
  readonly what: string;
  /** Brings the database to where the apply begins. */
  readonly prepare: (site: Site) => Promise<void>;
  readonly apply: readonly string[];
  readonly rollback: readonly string[];
  readonly resume: readonly string[];
  /** The flags that name the schema. */
  readonly schema: readonly string[];
}

const waiting = ['--auto-approve', '--lock-lease', '5s', '--lock-wait', '90s'];
const documents = Object.entries(demoDocuments(7, 0.002)).map(([name, own]) => [name, [...own]] as const);

/** The reference application as it was before its migrations, about 200 documents. */
export const reference: Scene = {
  what: 'the reference application',
  async prepare(site) {
    const db = await site.fresh();
    for (const [name, own] of documents) await db.collection<(typeof own)[number]>(name).insertMany([...own]);
  },
  apply: ['apply', ...waiting],
  rollback: ['rollback', ...waiting],
  resume: ['resume', ...waiting],
  schema: [],
};

/** The plan of every route; `schemas` are the files of its two texts. */
export const routes = (schemas: { readonly before: string; readonly after: string }): Scene => ({
  what: 'a plan of every route',
  async prepare(site) {
    const db = await site.fresh();
    await must(0, site.run(['apply', '--auto-approve', '--schema', schemas.before]));
    await everyRoute.fill(db);
  },
  apply: ['apply', ...waiting, '--allow', everyRoute.allow, '--schema', schemas.after],
  rollback: ['rollback', ...waiting, '--allow', everyRoute.allow],
  resume: ['resume', ...waiting],
  schema: ['--schema', schemas.after],
});

/** Every kind of rewrite of fields, in more than one batch; `schema` is the file of its text. */
export const rewrites = (schema: string): Scene => ({
  what: 'rewrites of fields on a standalone server',
  async prepare(site) {
    await toRewrite(site, 1200);
  },
  apply: ['apply', ...waiting, ...allowed, '--schema', schema],
  rollback: ['rollback', ...waiting, ...allowed],
  resume: ['resume', ...waiting],
  schema: ['--schema', schema],
});
