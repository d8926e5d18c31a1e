import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { hazardCodes } from '../../src/planner/contract.ts';
import { cli } from '../support/cli.ts';
import { emptyFolder } from '../support/folder.ts';

const has = (shell: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, shell)));

/** The completion of a shell in a file, beside a plan. */
async function scene(shell: string) {
  const folder = await emptyFolder();
  const { out, code } = await cli('none', ['completion', shell]);
  expect(code).toBe(0);
  await writeFile(join(folder, 'completion'), out);
  await writeFile(join(folder, 'my plan.json'), '');
  return folder;
}

const inBash = `
source ./completion
COMP_WORDS=(schemactl "$@"); COMP_CWORD=$#
_schemactl
printf '%s\\n' "\${COMPREPLY[@]}"
`;

async function bash(folder: string, words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await execa('bash', ['--norc', '-c', inBash, 'bash', ...words], { cwd: folder });
  return stdout.split('\n').filter((line) => line !== '');
}

/** What a terminal with zsh shows of completions, asked by way of its own completion system in a pseudo-terminal. */
const inZsh = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source ./completion; zstyle ":completion:*" list-separator ""; LISTMAX=0; setopt no_beep; print READY'
zpty -r z out '*READY*READY*'
zpty -w -n z "schemactl $1"$'\\t\\t'
sleep 1
zpty -w -n z $'\\C-u'
zpty -r -t z out; while zpty -r -t z more; do out+=$more; done
print -r -- $out
zpty -d z
`;

test.each([
  [['pl'], ['plan']],
  [
    ['plan', '--format', ''],
    ['text', 'json', 'markdown', 'html', 'github', 'sarif', 'junit'],
  ],
  [['plan', '--report', 'ma'], ['markdown=']],
  [['validate', '--format', 'h'], []],
  [['apply', '--allow', ''], [...hazardCodes]],
  [['apply', '--auto'], ['--auto-approve']],
  [['apply', 'my'], ['my plan.json']],
  [['check', '--fail-on', 'c'], ['critical']],
  [['explain', 'index-g'], ['index-gap']],
  [['schema', 'pl'], ['plan']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['plan', '--db', ''], []],
])('bash completes %j', async (words, expected) => {
  expect(await bash(await scene('bash'), words)).toEqual(expected);
});

test.skipIf(!has('fish')).each([
  ['schemactl pl', ['plan']],
  ['schemactl plan --format ', ['text', 'json', 'markdown', 'html', 'github', 'sarif', 'junit'].sort()],
  ['schemactl explain index-g', ['index-gap']],
  ['schemactl apply --auto', ['--auto-approve']],
  ['schemactl apply my', ['my plan.json']],
])('fish completes %s', async (line, expected) => {
  const cwd = await scene('fish');
  const script = `source ./completion; complete -C ${JSON.stringify(line)}`;
  const { stdout } = await execa('fish', ['--no-config', '-c', script], { cwd });
  expect(
    stdout
      .split('\n')
      .map((each) => each.split('\t')[0])
      .sort(),
  ).toEqual(expected);
});

test.skipIf(!has('zsh')).each([
  ['', ['plan', 'apply', 'rollback', 'explain']],
  ['plan --format ', ['markdown', 'html', 'sarif']],
  ['explain index-', ['index-gap', 'index-renamed']],
])('zsh completes "%s"', async (line, expected) => {
  const cwd = await scene('zsh');
  await execa('zsh', ['-n', 'completion'], { cwd });
  const { stdout } = await execa('zsh', ['-f', '-c', inZsh, 'zsh', line], { cwd, env: { TERM: 'dumb' } });
  for (const word of expected) expect(stdout).toContain(word);
});

test('another shell is refused', async () => {
  const { code, err } = await cli('none', ['completion', 'cmd']);
  expect([code, err.includes('bash or zsh or fish')]).toEqual([64, true]);
});
