import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { spawnCli } from '../support/cli.ts';
import { until } from '../support/site.ts';

/** A folder for temporary files: who has it in the arguments was started by this test. */
async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function servers(folder: string): Promise<readonly string[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'args=']);
  return stdout.split('\n').filter((line) => line.includes(folder) && line.includes('mongod'));
}

const start = (folder: string, ...args: readonly string[]) =>
  spawnCli('unused', [...args, '--ephemeral'], { uri: '', env: { TMPDIR: folder } });

describe.skipIf(process.env['SCHEMACTL_TEST_URI'] !== undefined)('--ephemeral', () => {
  test('plan shows the whole schema without a server of one’s own, and leaves nothing behind', async () => {
    const folder = await place();
    const { exitCode, stdout, stderr } = await start(folder, 'plan');
    expect(exitCode, stderr).toBe(0);
    expect(stdout.match(/^ {2}\+ collection /gm)).toHaveLength(6);
    expect(stdout).toContain('6 collections');
    expect(stdout).toContain('Plan: 20 to create.');
    expect(stderr).toMatch(/mongo/i);
    expect(await readdir(folder)).toEqual([]);
    expect(await servers(folder)).toEqual([]);
  });

  test('an error ends the server too', async () => {
    const folder = await place();
    const { exitCode } = await start(folder, 'history', '9');
    expect(exitCode).toBe(64);
    expect(await readdir(folder)).toEqual([]);
    expect(await servers(folder)).toEqual([]);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('so does %s', async (signal) => {
    const folder = await place();
    const running = start(folder, 'plan');
    await until(async () => (await servers(folder)).length > 0);
    running.kill(signal);
    await running;
    await until(async () => (await servers(folder)).length === 0);
    await until(async () => (await readdir(folder)).length === 0);
  });

  test('with a connection string beside it: 64', async () => {
    const { exitCode, stderr } = await start(await place(), 'plan', '--url-env', 'MONGODB_URI');
    expect(exitCode).toBe(64);
    expect(stderr).toContain('--ephemeral');
  });
});
