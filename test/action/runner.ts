import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { binary } from '../support/cli.ts';
import { emptyFolder } from '../support/folder.ts';
import type { Forge } from './forge.ts';

const entry = fileURLToPath(new URL('../../action/index.cjs', import.meta.url));

/** What a runner gives a step: folders, files for outputs and the summary, and an event. */
export interface Runner {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A runner in a folder of its own, in which `npx schemactl` and `schemactl` are the built command line. */
export async function startRunner(uri: string, forge: Forge | null, event: object): Promise<Runner> {
  const folder = await emptyFolder();
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const scripts = {
    npx: `#!/bin/sh\nshift 2\nexec node ${binary} "$@"\n`,
    npm: '#!/bin/sh\nexit 0\n',
    schemactl: `#!/bin/sh\nexec node ${binary} "$@"\n`,
  };
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  await writeFile(join(folder, 'event.json'), JSON.stringify(event));
  const env = {
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    MONGODB_URI: uri,
    NO_COLOR: '1',
    GITHUB_REPOSITORY: 'team/shop',
    GITHUB_RUN_ID: '42',
    GITHUB_API_URL: forge?.url ?? 'http://127.0.0.1:1',
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    RUNNER_TEMP: folder,
  };
  return { folder, env };
}

export interface StepResult {
  readonly code: number | undefined;
  readonly out: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** What a step left in the file for outputs, read as a runner does. */
function outputsIn(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(/^(\S+)<<(\S+)\n([^]*?)\n\2$/gm)];
  return Object.fromEntries(found.map(([, name = '', , value = '']) => [name, value]));
}

/** Runs the action's entry with inputs, or a script as `run:` does. */
export async function step(
  { folder, env }: Runner,
  what: { readonly script: string } | { readonly inputs: Readonly<Record<string, string>> },
): Promise<StepResult> {
  const output = join(folder, `output-${randomUUID()}`);
  const given =
    'inputs' in what ? Object.entries(what.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]) : [];
  const [file, args] = 'inputs' in what ? (['node', [entry]] as const) : (['bash', ['-e', '-c', what.script]] as const);
  const { exitCode, all } = await execa(file, args, {
    cwd: folder,
    env: { ...env, ...(Object.fromEntries(given) as Record<string, string>), GITHUB_OUTPUT: output },
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  const text = (name: string): Promise<string> => readFile(name, 'utf8').catch(() => '');
  return {
    code: exitCode,
    out: all,
    outputs: outputsIn(await text(output)),
    summary: await text(join(folder, 'summary.md')),
  };
}
