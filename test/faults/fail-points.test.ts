import { afterEach, expect, test } from 'vitest';
import type { Document } from 'mongodb';
import { calm } from '../support/faults.ts';
import { everyRoute } from '../support/routes.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';
import { routes } from './scenes.ts';
import { everything, first, step, tallyOf } from './share.ts';
import { endsOf, run, survives } from './survive.ts';

/** Errors that the server answers, by command and by class (the table of error codes in the server's sources). */
const site = useSite('fail_points', {});

afterEach(() => calm(site.client()));

const commands = [
  'find',
  'aggregate',
  'count',
  'listCollections',
  'listIndexes',
  'insert',
  'update',
  'delete',
  'findAndModify',
  'create',
  'createIndexes',
  'dropIndexes',
  'collMod',
  'drop',
  'renameCollection',
  'commitTransaction',
];

const lost = { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waiting for replication timed out' };
const stepped = { code: 91, codeName: 'ShutdownInProgress', errmsg: 'shutting down' };

/** Before execution but for the write concern errors, which come after it. What passes by itself must not be noticed at all. */
const classes: readonly { readonly what: string; readonly passes: boolean; readonly data: Document }[] = [
  { what: 'connection closed', passes: true, data: { closeConnection: true } },
  { what: 'not primary (10107)', passes: true, data: { errorCode: 10107 } },
  { what: 'interrupted by a failover (11602)', passes: true, data: { errorCode: 11602 } },
  { what: 'shutdown (91)', passes: true, data: { errorCode: 91 } },
  { what: 'lock timeout (24)', passes: true, data: { errorCode: 24 } },
  { what: 'write conflict (112)', passes: true, data: { errorCode: 112 } },
  { what: 'time limit (50)', passes: false, data: { errorCode: 50 } },
  { what: 'disk full (14031)', passes: false, data: { errorCode: 14031 } },
  { what: 'not permitted (13)', passes: false, data: { errorCode: 13 } },
  { what: 'executed, not replicated (64)', passes: true, data: { writeConcernError: lost } },
  { what: 'executed, then a shutdown (91)', passes: true, data: { writeConcernError: stepped } },
  { what: 'slow', passes: true, data: { blockConnection: true, blockTimeMS: 300 } },
];

/** The first time, several times, or from the third on until the server is calm again. */
const modes: readonly { readonly when: string; readonly mode: Document; readonly ends: boolean }[] = [
  { when: 'once', mode: { times: 1 }, ends: true },
  { when: 'three times', mode: { times: 3 }, ends: true },
  { when: 'from the third on', mode: { skip: 2 }, ends: false },
];

interface Fault {
  readonly command: string;
  readonly what: string;
  readonly passes: boolean;
  readonly data: Document;
  readonly when: string;
  readonly mode: Document;
}

/** What passes by itself is waited for up to a minute: without an end it only costs time. */
const endless = new Set(['disk full (14031)', 'not permitted (13)', 'time limit (50)']);

const faults: readonly Fault[] = commands.flatMap((command) =>
  classes.flatMap(({ what, passes, data }) =>
    modes
      .filter(({ ends }) => ends || endless.has(what))
      .map(({ when, mode }) => ({ command, what, passes, data, when, mode })),
  ),
);

/** A few that differ, for `npm test`. */
const share = faults.filter((_, at) => at % 167 === 7);

/** Arms it while the work is done; answers how often it struck. */
async function struck(work: () => Promise<void>, { command, data, mode }: Fault): Promise<number> {
  const admin = site.client().db('admin');
  const armed = { failCommands: [command], ...data, appName: 'schemactl' };
  const before = await admin.command({ configureFailPoint: 'failCommand', mode, data: armed });
  await work();
  const after = await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
  return Number(after['count']) - Number(before['count']);
}

test.each(['apply', 'rollback'] as const)('server errors: %s', { timeout: 10 * 3600_000 }, async (subject) => {
  const schemas = { before: await schemaFile(everyRoute.before), after: await schemaFile(everyRoute.after) };
  const scene = routes(schemas);
  const ends = await endsOf(site, scene);
  const tally = tallyOf('Server errors', `${subject} of ${scene.what}, by command and class of error`);
  const never = new Set(commands);
  const chosen = everything
    ? faults.filter((_, at) => at >= first - 1 && (at - first + 1) % step === 0)
    : share.filter((_, at) => (at % 2 === 0) === (subject === 'apply'));
  for (const [turn, fault] of chosen.entries()) {
    const label = `${subject}: ${fault.command} ${fault.what} ${fault.when}`;
    const next = turn % 2 === 0 ? 'resume' : 'rollback';
    try {
      await scene.prepare(site);
      if (subject === 'rollback') await must(0, run(site, scene.apply));
      const hits = await struck(async () => {
        const { code, err } = await run(site, scene[subject]);
        expect(fault.passes ? [0] : [0, 1, 21, 23, 24, 69, 77], `${code}: ${err}`).toContain(code);
        expect(err).not.toMatch(/SCH900| {4}at /);
      }, fault);
      if (hits === 0) continue;
      await survives(site, scene, ends, subject, next);
      tally.hit(hits);
      never.delete(fault.command);
    } catch (cause) {
      throw new Error(`${label}, then ${next}`, { cause });
    }
  }
  if (everything && step === 1) expect([...never], 'commands that no fault has struck').toEqual([]);
  tally.close(`${chosen.length} combinations of ${commands.length} commands and ${classes.length} classes`);
});
