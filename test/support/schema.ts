import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes schema text to a file of its own, gone with the test, and answers its path. */
export async function schemaFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'schema.yaml');
  await writeFile(file, text);
  return file;
}
