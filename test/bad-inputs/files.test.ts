import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, type Ran } from '../support/cli.ts';
import { emptyFolder } from '../support/folder.ts';
import { must } from '../support/site.ts';

/** Files that are none: never waited for, never read without end, and nothing from elsewhere is shown. */
const schema = (name: string): string => `version: 1\ncollections: { ${name}: {} }\n`;
const secret = 'CI_TOKEN=hunter2';

/** A folder with a schema folder in it; what lies beside that is elsewhere. */
async function project(): Promise<string> {
  const folder = await emptyFolder();
  await mkdir(join(folder, 'schema'));
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere', 'secret.yaml'), secret);
  await writeFile(join(folder, 'schema', 'things.yaml'), schema('things'));
  return folder;
}

async function huge(path: string): Promise<void> {
  await writeFile(path, 'a');
  await truncate(path, 3 * 1024 * 1024 * 1024);
}

const validate = (cwd: string, ...paths: readonly string[]): Promise<Ran> =>
  cli('shop', ['validate', ...paths.flatMap((path) => ['--schema', path])], { cwd });

type Make = (path: string) => unknown;

const never: readonly (readonly [string, string, Make])[] = [
  ['a device', 'is not a plain file', (path) => symlink('/dev/zero', path)],
  ['a FIFO', 'is not a plain file', (path) => execFileSync('mkfifo', [path])],
  ['a folder', 'is not a plain file', (path) => mkdir(path)],
  ['a link to nothing', 'does not exist', (path) => symlink('nowhere', path)],
  ['3 GiB', 'is larger than', huge],
];

const inFolder: typeof never = [
  ['a link out of the folder', 'is a link out of its folder', (path) => symlink('../elsewhere/secret.yaml', path)],
  ['a link to a folder elsewhere', 'is a link out of its folder', (path) => symlink('../elsewhere', path)],
  ['a link to the environment', 'is a link out of its folder', (path) => symlink('/proc/self/environ', path)],
  ...never.filter(([what]) => what !== 'a folder' && what !== 'a device'),
];

test.each(inFolder)('bad input 38: %s in the schema folder: 65, says %s', async (_, says, make) => {
  const cwd = await project();
  await make(join(cwd, 'schema', 'a.yaml'));
  const { out, err } = await must(65, validate(cwd, 'schema/'));
  expect(err).toContain(`The schema file "schema/a.yaml" ${says}`);
  expect(err).toMatch(/Next: /);
  expect(out + err).not.toContain(secret);
});

test.each(never.filter(([what]) => !['a folder', 'a link to nothing'].includes(what)))(
  'bad input 38: %s that is named as schema: 65, says %s',
  async (_, says, make) => {
    const cwd = await project();
    await make(join(cwd, 'a.yaml'));
    const { err } = await must(65, validate(cwd, 'a.yaml'));
    expect(err).toContain(`The schema file "a.yaml" ${says}`);
  },
);

test('bad input 38: what the kernel makes up is an empty file, also where it is named', async () => {
  const { err } = await must(65, validate(await project(), '/proc/self/environ'));
  expect(err).toContain('the file is empty');
});

test.each(never)(
  'bad input 38: %s as configuration or as file of the connection string: 78, says %s',
  async (_, says, make) => {
    const cwd = await project();
    await make(join(cwd, 'file'));
    for (const args of [
      ['--env', 'production', '--config', 'file'],
      ['--url-file', 'file'],
    ]) {
      const { err } = await must(78, cli('shop', ['plan', ...args], { cwd }));
      expect(err).toContain('"file"');
      expect(err).toContain(says);
      expect(err).toMatch(/Next: /);
    }
  },
);

test('a folder as Kubernetes mounts it is read, each file once', async () => {
  const cwd = await emptyFolder();
  const folder = join(cwd, 'mounted');
  await mkdir(join(folder, '..2026_01_31'), { recursive: true });
  await symlink('..2026_01_31', join(folder, '..data'));
  await symlink('mounted', join(cwd, 'schema'));
  for (const name of ['things', 'others']) {
    await writeFile(join(folder, '..2026_01_31', `${name}.yaml`), schema(name));
    await symlink(`..data/${name}.yaml`, join(folder, `${name}.yaml`));
  }
  await symlink('.', join(folder, 'again'));
  const { out } = await must(0, validate(cwd, 'schema/'));
  expect(out).toContain('2 collections');
  expect(out).not.toContain('..');
});

test('a link that is named is followed, also beside the folder that holds it', async () => {
  const cwd = await project();
  await writeFile(join(cwd, 'elsewhere', 'others.yaml'), schema('others'));
  await symlink('../elsewhere/others.yaml', join(cwd, 'schema', 'others.yaml'));
  await must(0, validate(cwd, 'schema/others.yaml'));
  await must(65, validate(cwd, 'schema/'));
  const { out } = await must(0, validate(cwd, 'schema/', 'elsewhere/others.yaml'));
  expect(out).toContain('2 collections');
});
