import type { Document } from 'mongodb';
import { everyRoute } from './routes.ts';
import { schemaFile } from './schema.ts';
import { must, type Site } from './site.ts';

export const password = 'throw-away-too';

/** The connection of a user of the site's database. */
export function asUser(site: Site, user: string): { uri: string } {
  const url = new URL(site.uri());
  [url.username, url.password] = [user, password];
  url.searchParams.set('authSource', site.name);
  return { uri: url.toString() };
}

/** A user with exactly these privileges. */
export async function custom(site: Site, privileges: readonly Document[]): Promise<{ uri: string }> {
  const db = site.db();
  await db.command({ dropUser: 'custom' }).catch(() => undefined);
  await db.command({ dropRole: 'customRole' }).catch(() => undefined);
  await db.command({ createRole: 'customRole', privileges, roles: [] });
  await db.command({ createUser: 'custom', pwd: password, roles: ['customRole'] });
  return asUser(site, 'custom');
}

/** A database that the plan of every route starts from, and the command line that applies it. */
export async function everyRouteBefore(site: Site): Promise<{ before: string; apply: readonly string[] }> {
  const db = await site.fresh();
  await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(everyRoute.before)]));
  await everyRoute.fill(db);
  const after = await schemaFile(everyRoute.after);
  const apply = ['apply', '--auto-approve', '--allow', everyRoute.allow, '--schema', after];
  return { before: await site.hash(), apply };
}
