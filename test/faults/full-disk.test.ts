import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { must, ours, useSite } from '../support/site.ts';
import { everything, tallyOf } from './share.ts';

/** A file system without room: what is written there is whole or not there at all. */
const site = useSite('full_disk');

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const schema = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }\n';

/** A folder on a file system of its own with this much room in all; only root may make one. */
async function small(bytes: number): Promise<string> {
  const folder = join(await emptyFolder(), 'small');
  await mkdir(folder);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  onTestFinished(async () => {
    await run('umount', ['-l', folder]);
  });
  return folder;
}

test.runIf(everything || isRoot)(
  'closed stdout, full disk: plan and snapshot files are whole or not there',
  async () => {
    const tally = tallyOf('Closed stdout, full disk', 'plan and snapshot files onto a file system without room');
    const db = await site.fresh();
    await db.collection('things').insertOne({ a: 1 });
    const file = await schemaFile(schema);
    for (const args of [['plan', '--schema', file], ['snapshot']]) {
      const folder = await small(8192);
      const path = join(folder, 'kept.json');
      await writeFile(join(folder, 'filler'), 'x'.repeat(8192 - 4096));
      await writeFile(path, 'of before');
      const { err } = await must(1, site.spawn([...args, '--out', path]).done);
      expect(err).toContain('ENOSPC');
      expect(err).not.toContain('    at ');
      expect(await readFile(path, 'utf8')).toBe('of before');
      expect((await readdir(folder)).sort()).toEqual(['filler', 'kept.json']);
      tally.hit();
    }
    expect(await ours(site)).toEqual([]);
    tally.close();
  },
);
