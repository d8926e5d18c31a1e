import type * as core from 'mongodb-memory-server-core';
import { exitCodes, SchemactlError } from '../errors.ts';

type Library = Pick<typeof core, 'MongoBinary' | 'MongoMemoryReplSet' | 'MongoMemoryServer'>;

const settled = new WeakSet<Library['MongoBinary']>();

/**
 * Seen in 11.3.0: MONGOMS_SYSTEM_BINARY and the package.json of the working folder win over the binary that is passed
 * as an option, and that binary is run with `--version` without the environment it will be started with, which fails
 * where it needs LD_LIBRARY_PATH. The resolver has already done both, so a path that is passed is the path.
 */
function takeGivenBinaries({ MongoBinary }: Library): void {
  if (settled.has(MongoBinary)) return;
  settled.add(MongoBinary);
  const original = MongoBinary.getPath.bind(MongoBinary);
  MongoBinary.getPath = async (options) => options?.systemBinary || original(options);
}

/** Loads the optional peer that starts servers. Throws SchemactlError 78 where it is not installed. */
export async function loadMemoryServer(): Promise<Library> {
  try {
    const library = await import('mongodb-memory-server-core');
    takeGivenBinaries(library);
    return library;
  } catch (cause) {
    throw new SchemactlError(
      'A throw-away MongoDB needs the package mongodb-memory-server-core, which cannot be loaded.',
      {
        code: 'SCH7811',
        exitCode: exitCodes.configuration,
        next: ['npm install --save-dev mongodb-memory-server-core'],
        cause,
      },
    );
  }
}
