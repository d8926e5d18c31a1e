import { exitCodes, SchemactlError } from '../errors.ts';

/** A declared collection that must exist does not; the message names those that do. */
export function missingCollection(name: string, existing: readonly string[]): SchemactlError {
  const others = existing.filter((other) => !other.startsWith('schemactl_'));
  return new SchemactlError(`Collection "${name}" must exist (mustExist: true) and does not.`, {
    code: 'SCH2001',
    exitCode: exitCodes.blocked,
    details: [
      others.length === 0
        ? 'The database holds no collections.'
        : `The database holds: ${others.slice(0, 12).join(', ')}${others.length > 12 ? ', …' : ''}.`,
    ],
    next: ['Check the name of the collection, and of the database (--db, or the path of the connection string).'],
  });
}

export function notACollection(name: string, type: string): SchemactlError {
  return new SchemactlError(`"${name}" is declared as a plain collection, but on the server it is a ${type}.`, {
    code: 'SCH2002',
    exitCode: exitCodes.blocked,
    next: ['Declare it under another name, or leave it out of the schema: what is not declared is left alone.'],
  });
}

export function blockedByProtection(address: string): SchemactlError {
  return new SchemactlError(
    `"${address}" is protected and no longer declared; a protected collection is never dropped.`,
    {
      code: 'SCH2003',
      exitCode: exitCodes.blocked,
      next: ['Declare it again; to drop it, first apply it with protect: false.'],
    },
  );
}

export function cannotGrow(address: string, collection: string): SchemactlError {
  return new SchemactlError(
    `"${address}" cannot be filled in: "${collection}" is capped, and its documents cannot grow.`,
    {
      code: 'SCH2010',
      exitCode: exitCodes.blocked,
      next: [`Leave the default out, or go on without it: --exclude ${address}`],
    },
  );
}
