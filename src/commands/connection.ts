import { resolve } from 'node:path';
import { type Database, isServerError } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { assertStateDatabase, isDatabaseName, isReserved } from '../state/database-name.ts';
import { forbidden } from './failure.ts';
import type { Io } from './io.ts';
import { type Flags, usage } from './options.ts';
import { mebibyte, readRegularFile } from './regular-file.ts';

const connectTimeoutMs = 10_000;

function configuration(message: string, ...next: readonly string[]): SchemactlError {
  return new SchemactlError(message, { code: 'SCH7801', exitCode: exitCodes.configuration, next });
}

const howToConnect = [
  'Set MONGODB_URI, or name another variable: --url-env NAME',
  'Or read it from a file: --url-file FILE',
  'Or try it without a server of your own: --ephemeral',
];

/** The connection string; never shown, never logged. */
async function urlOf(flags: Flags, io: Io): Promise<string> {
  const given = [flags.url, flags.urlFile, flags.urlEnv].filter((value) => value !== undefined);
  if (given.length > 1) throw usage('Give one of --url, --url-file and --url-env.');
  if (flags.url !== undefined) {
    io.warn(
      'warning: --url shows the connection string to everybody who can list processes; prefer --url-env or --url-file\n',
    );
    return flags.url;
  }
  if (flags.urlFile !== undefined) {
    const read = await readRegularFile(resolve(io.cwd, flags.urlFile), { links: 'any', largest: mebibyte });
    if ('why' in read)
      throw configuration(
        `The file "${flags.urlFile}" with the connection string ${read.why}.`,
        read.next ?? 'Name the file that holds it: --url-file FILE',
      );
    return read.toString('utf8').trim();
  }
  if (given.length === 0 && flags.environment?.url != null) return flags.environment.url;
  const name = flags.urlEnv ?? 'MONGODB_URI';
  const value = io.env[name];
  if (value === undefined || value === '') {
    // What is no name of a variable may be a connection string, and hold a password.
    const shown = /^\w+$/.test(name) ? name : 'what --url-env names';
    throw configuration(`No database to connect to: ${shown} is not set.`, ...howToConnect);
  }
  return value;
}

async function databaseIn(url: string): Promise<string | null> {
  const { ConnectionString } = await import('mongodb-connection-string-url');
  try {
    const path = decodeURIComponent(new ConnectionString(url).pathname.replace(/^\//, ''));
    return path === '' ? null : path;
  } catch (cause) {
    throw new SchemactlError('The connection string cannot be read.', {
      code: 'SCH7802',
      exitCode: exitCodes.configuration,
      details: [
        'It must look like mongodb://user:password@host:27017/database, with special characters percent-encoded. It is not shown: it may hold a password.',
      ],
      next: ['Check the variable or file that holds it.'],
      cause,
    });
  }
}

/** Without them nobody knows to whom a password and documents are sent. */
const certificateChecks = ['tlsInsecure', 'tlsAllowInvalidCertificates', 'tlsAllowInvalidHostnames'];

/** Throws SchemactlError 78 for a connection that changes nothing may be sent over. Weaker durability is overridden instead. */
async function assertTrusted(url: string): Promise<void> {
  const { ConnectionString } = await import('mongodb-connection-string-url');
  const { searchParams } = new ConnectionString(url);
  const switchedOn = [...searchParams].filter(([, value]) => value === 'true').map(([name]) => name.toLowerCase());
  const off = certificateChecks.find((check) => switchedOn.includes(check.toLowerCase()));
  if (off === undefined) return;
  throw new SchemactlError(`The connection string switches off the check of the server's certificate (${off}).`, {
    code: 'SCH7805',
    exitCode: exitCodes.configuration,
    details: ['Nothing is changed over such a connection; reading works.'],
    next: [`Leave ${off} out; name the authority that signed the certificate: tlsCAFile=FILE`],
  });
}

function assertDatabaseName(name: string): string {
  if (isReserved(name))
    throw usage(
      `"${name}" belongs to the server; schemactl manages no collections there.`,
      'Name your own database: --db NAME',
    );
  if (isDatabaseName(name)) return name;
  throw usage(
    name === '' ? 'The name of the database is empty.' : `"${name}" cannot be the name of a database.`,
    'Name one of 1 to 63 bytes without any of /\\. "$*<>:|? in it: --db NAME',
  );
}

/** The database that keeps the records; null: the one that is managed. Throws 78 where it cannot keep them. */
export function stateDatabaseOf({ environment }: Flags, database: string): string | null {
  const name = environment?.stateDatabase ?? null;
  if (name === null || name === database) return null;
  assertStateDatabase(name, database);
  return name;
}

interface Place {
  readonly url: string;
  readonly database: string;
  readonly stateDatabase: string | null;
}

async function embedded(flags: Flags, io: Io): Promise<Place> {
  const [{ startEmbedded }, { defaultCacheDir }] = await Promise.all([
    import('../embedded/start.ts'),
    import('../embedded/resolve.ts'),
  ]);
  const server = await startEmbedded({
    env: io.env,
    cacheDir: defaultCacheDir(io.env, io.home),
    announce: (line) => io.warn(`${line}\n`),
  });
  io.atExit(() => server.stop());
  const database = assertDatabaseName(flags.db ?? 'ephemeral');
  return { url: server.uri, database, stateDatabase: stateDatabaseOf(flags, database) };
}

/** The database that the flags, the environment or the connection string name. Throws 64 where none does. */
export async function databaseOf(flags: Flags, io: Io, url?: string): Promise<string> {
  const database = flags.db ?? flags.environment?.db ?? (await databaseIn(url ?? (await urlOf(flags, io))));
  if (database !== null) return assertDatabaseName(database);
  throw usage(
    'No database is named.',
    'Name it: --db NAME',
    'Or put it into the connection string: mongodb://host/NAME',
  );
}

async function given(flags: Flags, io: Io, purpose: Purpose): Promise<Place> {
  const url = await urlOf(flags, io);
  const database = await databaseOf(flags, io, url);
  if (purpose === 'change') await assertTrusted(url);
  return { url, database, stateDatabase: stateDatabaseOf(flags, database) };
}

/** What a database is opened for. */
type Purpose = 'read' | 'change';

/**
 * Opens the database that the flags name, runs `work` and closes it, whatever happens.
 * Throws SchemactlError 77 naming the privileges that are missing where the server forbids what `work` asks.
 */
export async function withDatabase<T>(
  flags: Flags,
  io: Io,
  work: (db: Database) => Promise<T>,
  purpose: Purpose = 'read',
): Promise<T> {
  if (flags.ephemeral === true && (flags.url ?? flags.urlFile ?? flags.urlEnv) !== undefined) {
    throw usage('--ephemeral starts a server of its own; leave out --url, --url-file and --url-env.');
  }
  const place = flags.ephemeral === true ? await embedded(flags, io) : await given(flags, io, purpose);
  const { connect } = await import('../database/mongo.ts');
  const db = await connect({ ...place, connectTimeoutMs, trace: io.trace });
  try {
    return await work(db);
  } catch (error) {
    if (!isServerError(error, 'forbidden')) throw error;
    const { missingToOpen } = await import('../applier/privileges.ts');
    throw forbidden(error, await missingToOpen(db, purpose).catch(() => []));
  } finally {
    await db.close();
  }
}

/** The same for what changes a database. Throws SchemactlError 78 for a connection over which nothing should be changed. */
export function changingDatabase<T>(flags: Flags, io: Io, work: (db: Database) => Promise<T>): Promise<T> {
  return withDatabase(flags, io, work, 'change');
}
