import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { peer } from '../packages.ts';
import type { Scene } from '../row.ts';

/** As much of migrate-mongo as is used here. */
interface MigrateMongo {
  readonly config: { set(config: object): void };
  readonly database: { connect(): Promise<{ readonly db: unknown; readonly client: { close(): Promise<void> } }> };
  readonly status: (db: unknown) => Promise<readonly unknown[]>;
}

const files = 20;

/** A project with some migrations; answers how to read their status. */
export async function openStatus(
  scene: Scene,
): Promise<{ readonly read: () => Promise<number>; readonly end: () => Promise<void> }> {
  const { config, database, status } = (await peer('migrate-mongo/lib/migrate-mongo.js')) as MigrateMongo;
  const migrationsDir = join(scene.folder, 'migrations');
  await mkdir(migrationsDir, { recursive: true });
  for (let at = 0; at < files; at += 1) {
    const text = 'export const up = async () => {};\nexport const down = async () => {};\n';
    await writeFile(join(migrationsDir, `${20_240_101_000_000 + at}-migration.js`), text);
  }
  config.set({
    mongodb: { url: scene.uri, databaseName: scene.database, options: {} },
    migrationsDir,
    changelogCollectionName: 'changelog',
    migrationFileExtension: '.js',
    moduleSystem: 'esm',
  });
  const { db, client } = await database.connect();
  return { read: async () => (await status(db)).length, end: () => client.close() };
}
