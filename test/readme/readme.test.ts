import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useSite } from '../support/site.ts';
import { type Block, blocksOf, commandsOf, fileIn, tableCommands } from './blocks.ts';
import { openSession, type Session } from './session.ts';
import { isAsShown } from './volatile.ts';

/** The README, typed as it stands: one shell, one server of its own whose database is as empty as a newcomer's. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = blocksOf(page);
const site = useSite('readme', {});

/** What is not run here, and where it is. */
const elsewhere: readonly (readonly [typed: RegExp, why: string])[] = [
  [/^npm ci && npm run demo /, 'the demo has checks of its own'],
  [/^npm cit /, 'this is what it runs'],
];

let folder: string;
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schemactl-readme-'));
  const people = { GIT_AUTHOR_NAME: 'me', GIT_AUTHOR_EMAIL: 'me@example.com' };
  const git = { ...people, GIT_COMMITTER_NAME: 'me', GIT_COMMITTER_EMAIL: 'me@example.com', GIT_CONFIG_NOSYSTEM: '1' };
  session = openSession(root, { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, ...git });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

/** The server of the page is this one. */
const typed = (command: string): string =>
  command.replace('mongodb://localhost:27017/shop?replicaSet=rs0', site.uri().replace(site.name, 'shop'));

/** Every command of the block is typed, also after one that is not as shown: what comes later builds on it. */
async function consoleBlock(block: Block): Promise<void> {
  const screen: string[] = [];
  for (const { typed: words, shown } of commandsOf(block)) {
    const { code, printed } = await session.type(typed(words));
    const seen = code === 0 && isAsShown(shown, printed) ? shown : printed;
    screen.push(`$ ${words}`, ...(seen === '' ? [] : [seen]), ...(code === 0 ? [] : [`(ended with ${code})`]));
  }
  expect(screen.join('\n')).toBe(block.text.trimEnd());
}

async function keepFile(block: Block): Promise<string> {
  const { printed: here } = await session.type('pwd');
  const [name, text] = fileIn(block);
  const path = join(here, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** As mongosh has it, collections are names of `db`. */
async function mongosh(text: string): Promise<void> {
  const shop = site.client().db('shop');
  const db = new Proxy(shop, { get: (of, name): unknown => Reflect.get(of, name) ?? of.collection(String(name)) });
  await (runInNewContext(text, { db }) as Promise<unknown>);
}

async function script(block: Block): Promise<void> {
  if (block.text.startsWith('// in mongosh\n')) return mongosh(block.text);
  const path = await keepFile(block);
  await mkdir(join(dirname(path), 'node_modules'), { recursive: true });
  await symlink(root, join(dirname(path), 'node_modules/schemactl'));
  const { code, printed } = await session.type(`node ${path}`);
  expect(code, printed).toBe(0);
}

const run: Readonly<Record<string, (block: Block) => Promise<unknown>>> = {
  console: consoleBlock,
  yaml: keepFile,
  js: script,
  sh: ({ text, line }) => {
    const unknown = text
      .trimEnd()
      .split('\n')
      .filter((words) => !elsewhere.some(([pattern]) => pattern.test(words)));
    expect(unknown, `line ${line}: nobody runs this`).toEqual([]);
    return Promise.resolve();
  },
};

describe('typed as it stands', { concurrent: false }, () => {
  test.each(blocks.map((block) => [block.line, block.language, block] as const))(
    'line %d: %s',
    async (_, language, block) => {
      expect(Object.keys(run)).toContain(language);
      await run[language]?.(block);
    },
  );

  test.each(tableCommands(page))('%s', async (command) => {
    const { code, printed } = await session.type(command);
    const asks = /rollback|apply|resume/.test(command) ? [0, 20] : [0, 2];
    expect(asks, printed).toContain(code);
  });
});
