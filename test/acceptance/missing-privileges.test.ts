import { dirname, join } from 'node:path';
import type { Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { endSessions, expire, mortal } from '../faults/mortal.ts';
import { now, written } from '../support/oplog.ts';
import { everyRoute } from '../support/routes.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';
import { custom, everyRouteBefore } from '../support/users.ts';

/** Users who lack something: all of it is named, and nothing was written. */
const site = useSite('missing_privileges', { auth: true });

const here = new RegExp(`^${site.name}\\.(?!system\\.)`);

/** What plan and apply begin with, and what keeping records takes beside it. */
const reading = ['find', 'listCollections', 'listIndexes'];
const recording = ['insert', 'update', 'remove', 'createCollection'];

/** A user who may do this on every collection of the database, and more on some. */
const withActions = (actions: readonly string[], more: readonly Document[] = []) =>
  custom(site, [{ resource: { db: site.name, collection: '' }, actions }, ...more]);

describe('every missing privilege is named before the first write', () => {
  test('one by one', async () => {
    const { before, apply } = await everyRouteBefore(site);
    const { out } = await must(0, site.run(['grants', '--format', 'json']));
    const { commands } = JSON.parse(out) as { commands: Document[] };
    const all = commands.flatMap(({ privileges }) =>
      (privileges as Document[]).flatMap(({ actions }) => actions as string[]),
    );
    const since = await now(site);
    for (const action of all.filter((one) => !reading.includes(one))) {
      const user = await withActions(all.filter((one) => one !== action));
      const { err } = await must(77, site.run(apply, user));
      const missing = [...err.matchAll(/missing: (\S+) on/g)].map(([, found]) => found);
      expect(new Set(missing)).toEqual(new Set([action]));
    }
    expect(await written(site, since, here)).toEqual([]);
    expect(await site.hash()).toBe(before);
  });

  test.each(reading)('%s, which plan and apply begin with', async (action) => {
    const { before, apply } = await everyRouteBefore(site);
    const user = await withActions(reading.filter((one) => one !== action));
    const since = await now(site);
    const reads = [
      'plan',
      'drift',
      'check',
      'diff',
      'init',
      'rollback',
      'purge',
      'snapshot',
      'status',
      'history',
      'doctor',
    ];
    const flags: Readonly<Record<string, readonly string[]>> = {
      diff: ['schema', 'live'],
      init: ['--from-live', '--out', join(dirname(await schemaFile('')), 'imported')],
      rollback: ['--plan-only'],
      purge: ['--all', '--plan-only'],
    };
    for (const args of [apply, ['resume', '--auto-approve'], ...reads.map((one) => [one, ...(flags[one] ?? [])])]) {
      const { code, out, err } = await site.run(args, user);
      expect([0, 2, 77], args[0]).toContain(code);
      if (code === 77) expect(err, args[0]).toContain(`missing: ${action} on database ${site.name}`);
      if (args[0] === 'doctor') expect(out).toContain(`missing: ${action} on database ${site.name}`);
      if (args === apply) {
        expect(code).toBe(77);
        expect(err).toContain(`missing: createIndex on database ${site.name}`);
        expect(err).toContain(`missing: insert on ${site.name}: schemactl_lock, `);
      }
    }
    expect(await written(site, since, here)).toEqual([]);
    expect(await site.hash()).toBe(before);
  });

  test('find on one collection alone', async () => {
    const { apply } = await everyRouteBefore(site);
    const names = (await site.db().listCollections().toArray()).map(({ name }) => name);
    const found = names.filter((collection) => collection !== 'unique');
    const finding = found.map((collection) => ({ resource: { db: site.name, collection }, actions: ['find'] }));
    const user = await withActions(['listCollections', 'listIndexes'], finding);
    const { err } = await must(77, site.run(apply, user));
    expect([...err.matchAll(/missing: find on (.*)/g)].map(([, where]) => where)).toEqual([`${site.name}.unique`]);
  });

  test('also those that a run which was cut off needs before anything else is done', async () => {
    const { apply } = await everyRouteBefore(site);
    const dies = { of: 'insert schemactl_new_', at: 1, when: 'after' } as const;
    expect(await mortal(site, apply, dies)).toMatchObject({ killed: true });
    await endSessions(site);
    await expire(site);
    const user = await withActions([...reading, ...recording, 'createIndex']);
    const since = await now(site);
    const other = ['apply', '--auto-approve', '--schema', await schemaFile(everyRoute.before)];
    for (const args of [
      [...other, '--only', 'unique.indexes.y_1'],
      ['rollback', '--auto-approve'],
      ['resume', '--auto-approve'],
    ]) {
      const { err } = await must(77, site.run(args, user));
      expect(err).toContain('missing: collMod on');
    }
    expect(await written(site, since, here)).toEqual([]);
  });

  test('on some collections only', async () => {
    const { apply } = await everyRouteBefore(site);
    const user = await withActions([...reading, ...recording, 'collMod']);
    const { err } = await must(77, site.run(apply, user));
    expect(err).toContain(`missing: createIndex on ${site.name}.bridged`);
    expect(err).toContain(`missing: renameCollectionSameDB on database ${site.name}`);
  });
});
