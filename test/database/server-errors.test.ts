import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import { type Database, DatabaseError, isServerError } from '../../src/database/port.ts';
import { isCodeOf, type ServerErrorName, serverErrors } from '../../src/database/server-errors.ts';
import { docOf, int } from '../../src/state/value.ts';
import { calm, failCommand } from '../support/faults.ts';
import { useSite } from '../support/site.ts';

const site = useSite('server_errors', {});

/** Atlas's own, those that have no name, and those that a server makes only with more than a number (DuplicateKey). */
const cannotBeMade: readonly string[] = [
  'AtlasError',
  'CollStatsOfNothing',
  'UpdateTooLarge',
  'DuplicateKey',
  'CollectionUUIDMismatch',
].concat('DocumentValidationFailure', 'CannotConvertIndexToUnique');

/** The same numbers were called otherwise before 5.0. */
const isNamedSo = !inject('server').startsWith('4.');

describe.runIf(isNamedSo)('the server itself has these names for these numbers', () => {
  let db: Database;
  beforeAll(async () => {
    db = await connect({ url: site.uri(), database: site.name, connectTimeoutMs: 10_000 });
  });
  afterAll(() => db.close());

  test.each(Object.entries(serverErrors).filter(([name]) => !cannotBeMade.includes(name)))(
    '%s %d',
    async (name, errorCode) => {
      await failCommand(site.client(), { failCommands: ['ping'], errorCode }, { times: 1 });
      const said = await db
        .run(docOf({ ping: int(1) }))
        .catch((error: unknown) => (error instanceof DatabaseError ? [error.code, error.codeName] : error));
      await calm(site.client());
      expect(said).toEqual([errorCode, name]);
    },
  );
});

describe('what errors have in common', () => {
  const of = (code: number): DatabaseError => new DatabaseError('no', { kind: 'server', code });
  test.each<[code: number, group: Parameters<typeof isServerError>[1], ServerErrorName]>([
    [13, 'forbidden', 'Unauthorized'],
    [8000, 'forbidden', 'AtlasError'],
    [91, 'passing', 'ShutdownInProgress'],
    [13436, 'passing', 'NotPrimaryOrSecondary'],
    [112, 'busy', 'WriteConflict'],
    [262, 'tooLong', 'ExceededTimeLimit'],
    [40481, 'missing', 'CollStatsOfNothing'],
  ])('%d is %s', (code, group, name) => {
    expect([isServerError(of(code), group), isServerError(of(code), name)]).toEqual([true, true]);
    expect(isServerError(of(code), 'BadValue')).toBe(false);
  });

  test('where the server said no number there is none', () => {
    expect(isCodeOf(null, ['passing', 'BadValue'])).toBe(false);
    expect(isServerError(new DatabaseError('no', { kind: 'network' }), 'passing')).toBe(false);
  });
});
