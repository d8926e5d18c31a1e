import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { type Db, MongoClient } from 'mongodb';
import { defaultCacheDir } from '../src/embedded/resolve.ts';
import { startEmbedded } from '../src/embedded/start.ts';
import { SchemactlError } from '../src/errors.ts';
import { errorText } from '../src/report/error.ts';
import { plainTheme } from '../src/report/theme.ts';
import { openPage, type Page } from './page.ts';
import { openShell, type Shell } from './shell.ts';
import { tell } from './story.ts';

const { env, stdout, stderr } = process;
const database = 'shop';
const patienceMs = 3_000;

/** What is to be ended when the demo ends, however it does; the newest first. */
const endings: (() => unknown)[] = [];
let leaving: Promise<void> | undefined;

async function leave(): Promise<void> {
  for (const end of endings.toReversed()) {
    try {
      await end();
    } catch {
      // The rest must be ended all the same.
    }
  }
}

/** Ends everything once, then the process with `code`. */
async function exit(code: number): Promise<never> {
  await (leaving ??= leave());
  process.exit(code);
}

async function startServer(say: (line: string) => void): Promise<string> {
  const slow = setTimeout(
    () => say('Fetching a MongoDB server; this is done once, and may take a minute …'),
    patienceMs,
  );
  const server = await startEmbedded({ env, cacheDir: defaultCacheDir(env, homedir()), announce: say }).finally(() =>
    clearTimeout(slow),
  );
  endings.push(server.stop);
  return server.uri;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`--${name} takes a number above 0, not "${text}".`);
  return value;
}

/** The database to play on, and what can be typed there. */
async function openDatabase(uri: string, page: Page): Promise<{ readonly db: Db; readonly shell: Shell }> {
  const client = await new MongoClient(uri).connect();
  endings.push(() => client.close());
  const db = client.db(database);
  if ((await db.listCollections().toArray()).length > 0) {
    throw new Error(`This deployment has a database "${database}" already; the demo does not touch it.`);
  }
  // A server of our own takes its data with it.
  if (env['SCHEMACTL_TEST_URI']) endings.push(() => db.dropDatabase());
  const shell = openShell(uri, page);
  endings.push(shell.kill);
  return { db, shell };
}

async function main(): Promise<void> {
  const options = { seed: { type: 'string', default: '2025' }, scale: { type: 'string', default: '1' } } as const;
  const { values } = parseArgs({ options });
  const [seed, scale] = [positive('seed', values.seed), positive('scale', values.scale)];
  const page = openPage((text) => stdout.write(text), stdout.isTTY && (env['NO_COLOR'] ?? '') === '');
  const began = performance.now();
  page.say('schemactl brings a MongoDB database to a declared schema, and back again.');
  const uri = await startServer(page.say);
  await tell({ ...(await openDatabase(uri, page)), page, seed, scale });
  await (leaving ??= leave());
  page.say(
    '',
    `That was all, in ${Math.round((performance.now() - began) / 1000)} s. The server is stopped and its data removed.`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stderr.write('\nInterrupted; the server and its data go, too.\n');
    void exit(130);
  });
}
stdout.on('error', () => void exit(1));
// A terminal that was closed takes no last words.
stderr.on('error', () => undefined);

function wordsOf(error: unknown): string {
  if (error instanceof SchemactlError) return errorText(error, plainTheme);
  return `${error instanceof Error ? error.message : String(error)}\n`;
}

try {
  await main();
  await exit(0);
} catch (error) {
  // What fails because everything is being ended is no failure of its own.
  if (leaving === undefined) stderr.write(`\n✘ The demo failed. ${wordsOf(error)}`);
  await exit(1);
}
