import { exitCodes, SchemactlError } from '../errors.ts';
import type { CollectionType } from '../state/types.ts';
import { excluding, shellWord } from '../state/words.ts';

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

const nouns = { collection: 'plain collection', view: 'view', timeseries: 'time series' } as const;

/** A collection of one type never becomes one of another. */
export function notACollection(name: string, declared: CollectionType, live: CollectionType): SchemactlError {
  return new SchemactlError(
    `"${name}" is declared as a ${nouns[declared]}, but on the server it is a ${nouns[live]}.`,
    {
      code: 'SCH2002',
      exitCode: exitCodes.blocked,
      next: ['Declare it under another name, or leave it out of the schema: what is not declared is left alone.'],
    },
  );
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

/** Nothing is declared any more, as after a deploy that lost its files; that never means to drop everything. */
export function nothingDeclared(applied: readonly string[]): SchemactlError {
  return new SchemactlError(
    'The schema declares no collection at all, and that never means to drop what was applied.',
    {
      code: 'SCH2019',
      exitCode: exitCodes.blocked,
      details: [`Applied were: ${applied.slice(0, 12).join(', ')}${applied.length > 12 ? ', …' : ''}.`],
      next: ['Check --schema and the files it names; to drop a collection, declare it with absent: true.'],
    },
  );
}

export function protectedFromRollback(address: string): SchemactlError {
  return new SchemactlError(`"${address}" is protected, and this would drop it.`, {
    code: 'SCH2003',
    exitCode: exitCodes.blocked,
    next: [`Go on without it, adding: ${excluding([address])}`, 'To drop it, first apply it with protect: false.'],
  });
}

export function cannotGrow(address: string, collection: string, isCapped: boolean): SchemactlError {
  return new SchemactlError(
    `"${address}" cannot be filled in: "${collection}" ${isCapped ? 'is' : 'becomes'} capped, and documents of a capped collection cannot grow.`,
    {
      code: 'SCH2010',
      exitCode: exitCodes.blocked,
      next: [
        ...(isCapped ? [] : [`Fill it in first, then apply the rest: schemactl apply --only ${shellWord(address)}`]),
        `Leave the default out, or go on without it: ${excluding([address])}`,
      ],
    },
  );
}

export function bothNamesThere(collection: string, former: string): SchemactlError {
  return new SchemactlError(
    `"${collection}" and its former name "${former}" are both there, so one cannot become the other.`,
    {
      code: 'SCH2015',
      exitCode: exitCodes.blocked,
      next: ['Bring the documents of both together by hand, or leave renamedFrom out.'],
    },
  );
}

export function tooOld(address: string, option: string, gate: string, version: string): SchemactlError {
  return new SchemactlError(`"${address}" needs MongoDB ${gate}: this server (${version}) does not know "${option}".`, {
    code: 'SCH2012',
    exitCode: exitCodes.blocked,
    next: [`Leave the option out, or go on without it: ${excluding([`${address}.**`])}`],
  });
}

export function cannotCopy(address: string, collection: string, documents: number): SchemactlError {
  return new SchemactlError(`"${collection}" cannot be changed so: only a new time series can have it.`, {
    code: 'SCH2013',
    exitCode: exitCodes.blocked,
    details: [`A time series cannot be renamed, and this one holds ${documents} documents.`],
    next: [
      `Leave it as it is: ${excluding([address])}`,
      'Or declare a new time series under another name, and move the documents to it.',
    ],
  });
}

export function protectedFromCopy(collection: string, names: readonly string[]): SchemactlError {
  return new SchemactlError(
    `"${collection}" is protected, and its ${names.join(' and ')} can only be changed by copying it into a new collection.`,
    {
      code: 'SCH2003',
      exitCode: exitCodes.blocked,
      next: ['Leave the options as they are; to copy it, first apply it with protect: false.'],
    },
  );
}

export function cannotKeep(collection: string, kept: string, declared: readonly string[]): SchemactlError {
  return new SchemactlError(
    `"${collection}" cannot have the declared ${declared.join(' and ')} beside its ${kept}, which is not declared and would be kept.`,
    {
      code: 'SCH2016',
      exitCode: exitCodes.blocked,
      next: ['Declare what is there too, or leave these options out.'],
    },
  );
}

export function viewsOfTwoCollations(view: string, source: string): SchemactlError {
  return new SchemactlError(
    `The view "${view}" reads the view "${source}", and would have another collation than it.`,
    {
      code: 'SCH2023',
      exitCode: exitCodes.blocked,
      details: ['Views that read each other have one collation, or the server refuses them (167).'],
      next: [`Declare the collation of "${source}" for "${view}" too, or let it read a collection.`],
    },
  );
}

export function viewsTooDeep(view: string, most: number): SchemactlError {
  return new SchemactlError(
    `The view "${view}" would read views more than ${most} deep, which the server refuses (165).`,
    {
      code: 'SCH2024',
      exitCode: exitCodes.blocked,
      next: ['Let it read a collection, or one of the views further down.'],
    },
  );
}

export function viewsInCircle(names: readonly string[]): SchemactlError {
  const shown = [...names, ...names.slice(0, 1)].map((name) => `"${name}"`).join(' reads ');
  return new SchemactlError(`Views would read each other in a circle: ${shown}.`, {
    code: 'SCH2123',
    exitCode: exitCodes.invalid,
    next: ['Let one of them read a collection.'],
  });
}
