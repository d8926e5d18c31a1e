import { afterEach, describe, expect, test } from 'vitest';
import { endSessions, expire, mortal } from '../faults/mortal.ts';
import { applyOf, documents, inTheMiddle, killed, prepared, whole } from '../support/crash.ts';
import { building, calm, failPoint } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { must, own, sleep, useSite } from '../support/site.ts';

const site = useSite('survive', {});

const lease = ['--lock-lease', '1s'];

afterEach(() => calm(site.client()));

describe('holder dies: SIGKILL in the middle of the back-fill', () => {
  test('apply again completes it, once the lease of the dead ran out', async () => {
    const start = await prepared(site);
    const { file } = start;
    await killed(site.client(), await inTheMiddle(site, applyOf(file, '--lock-lease', '10m')));
    const missing = await site
      .db()
      .collection('things')
      .countDocuments({ note: { $exists: false } });
    expect(missing).toBeGreaterThan(0);
    expect(missing).toBeLessThan(documents);
    const { err } = await must(24, site.run(applyOf(file)));
    expect(err).toContain('unlock');
    await expire(site);
    const { out } = await must(0, site.run(applyOf(file, '--lock-wait', '30s')));
    expect(out).toContain('taken over from');
    expect(await own(site.db(), 'runs')).toHaveLength(1);
    await whole(site, start);
  });

  test('whoever waits takes the lock within a second of the end of the lease, and names the dead', async () => {
    const start = await prepared(site);
    const dead = await inTheMiddle(site, applyOf(start.file, '--lock-lease', '4s'));
    await killed(site.client(), dead);
    const [lock] = await own(site.db(), 'lock');
    const ends = Number(lock?.['leaseUntil']);
    expect(ends).toBeGreaterThan(Date.now());
    let taken = 0;
    const heard = (text: string): void => {
      if (taken === 0 && text.includes(`taken over from`) && text.includes(`process ${dead.pid}`)) taken = Date.now();
    };
    await must(0, site.run(applyOf(start.file, '--lock-wait', '30s'), { heard }));
    expect(taken - ends).toBeGreaterThanOrEqual(0);
    expect(taken - ends).toBeLessThan(1000);
    await whole(site, start);
  });

  test('and what an earlier run applied is dropped by hand: apply goes on and brings it back', async () => {
    const start = await prepared(site);
    const { file } = start;
    const earlier = await schemaFile('version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }');
    await must(0, site.run(applyOf(earlier)));
    await killed(site.client(), await inTheMiddle(site, applyOf(file, ...lease)));
    await endSessions(site);
    await site.db().collection('things').dropIndex('a_1');
    const { out } = await must(0, site.run(applyOf(file, '--lock-wait', '30s')));
    expect(out).toContain('run 2 was cut off; going on with what is left of it');
    expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'applied' }, { state: 'applied' }, { continues: 2 }]);
    await whole(site, start);
  });

  test('resume completes it', async () => {
    const start = await prepared(site);
    const { file } = start;
    await killed(site.client(), await inTheMiddle(site, applyOf(file, ...lease)));
    await must(0, site.run(['resume', '--auto-approve', '--lock-wait', '30s']));
    expect(await own(site.db(), 'runs')).toMatchObject([{ state: 'applied', stepsDone: 3, documents }]);
    await whole(site, start);
  });

  test('rollback restores every byte; the documents of both halves', async () => {
    const { file, before } = await prepared(site);
    await killed(site.client(), await inTheMiddle(site, applyOf(file, ...lease)));
    await must(0, site.run(['rollback', '--auto-approve', '--lock-wait', '30s']));
    expect(await site.hash()).toBe(before);
    const { out } = await must(0, site.run(['rollback', '--auto-approve']));
    expect(out).toContain('Nothing to take back');
    await must(0, site.run(applyOf(file)));
    await must(0, site.run(['rollback', '--all', '--auto-approve']));
    expect(await site.hash()).toBe(before);
  });

  test('unlock frees it before the lease runs out', async () => {
    const start = await prepared(site);
    const { file } = start;
    await killed(site.client(), await inTheMiddle(site, applyOf(file, '--lock-lease', '10m')));
    const { err } = await must(24, site.run(applyOf(file)));
    await must(0, site.run(['unlock', /schemactl unlock (\S+)/.exec(err)?.[1] ?? '']));
    await must(0, site.run(applyOf(file)));
    await whole(site, start);
  });
});

test('holder dies: SIGKILL in the middle of a rollback: rollback again restores every byte', async () => {
  const { file, before } = await prepared(site);
  await must(0, site.run(applyOf(file)));
  await killed(site.client(), await inTheMiddle(site, ['rollback', '--auto-approve', ...lease]));
  expect(await site.hash()).not.toBe(before);
  await must(0, site.run(['rollback', '--auto-approve', '--lock-wait', '30s']));
  expect(await site.hash()).toBe(before);
});

test.each(['dropIndexes', 'collMod', 'createIndexes', 'renameCollection'])(
  'holder dies: SIGKILL right after %s: taken back, what was managed is managed again, and no more than that',
  async (of) => {
    const collections = (things: string): Promise<string> => schemaFile(`version: 1\ncollections: { ${things} }`);
    await site.fresh();
    const before = await collections('things: { indexes: [ { key: { a: 1 } }, { key: { b: 1 } } ] }, gone: {}');
    const after = await collections('things: { indexes: [ { key: { b: 1 }, hidden: true }, { key: { c: 1 } } ] }');
    await must(0, site.run(applyOf(before)));
    const managed = async () => (await own(site.db(), 'objects')).map(({ run: _, ...entry }) => entry);
    const [owned, hash] = [await managed(), await site.hash()];
    const apply = applyOf(after, '--allow', 'drop-index,drop-collection');
    expect(await mortal(site, apply, { of, at: 1, when: 'after' })).toMatchObject({ killed: true });
    await expire(site);
    await must(0, site.run(['rollback', '--auto-approve', '--lock-wait', '30s']));
    expect(await site.hash()).toBe(hash);
    expect(await managed()).toEqual(owned);
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', before]));
  },
);

describe('holder dies: SIGKILL at the end of a rollback', () => {
  const declared = (indexes: string): Promise<string> =>
    schemaFile(`version: 1\ncollections: { things: { indexes: [ ${indexes} ] } }`);

  /** A run, and one that is to be taken back, which manages an index from now on that it did not make. */
  async function applied() {
    const db = await site.fresh();
    await db.collection('things').createIndex({ b: 1 });
    await must(0, site.run(applyOf(await declared('{ key: { a: 1 } }'))));
    const [hash, owned] = [await site.hash(), await managed()];
    await must(0, site.run(applyOf(await declared('{ key: { a: 1 } }, { key: { b: 1 } }, { key: { c: 1 } }'))));
    return { hash, owned };
  }
  const managed = async () => (await own(site.db(), 'objects')).map(({ run: _, ...entry }) => entry);
  const rollback = ['rollback', '--auto-approve', '--lock-wait', '30s'];

  // Asked for again it is gone on with; asked for otherwise (nothing is of that name) it is planned anew.
  test.each([{ more: [] }, { more: ['--run', '2', '--exclude', 'elsewhere'] }])(
    'at every act: rollback $more again takes back that run alone, and what it managed',
    async ({ more }) => {
      await applied();
      const { acts } = await mortal(site, rollback, null);
      for (let at = acts - 5; at <= acts; at += 1) {
        const { hash, owned } = await applied();
        expect(await mortal(site, rollback, { of: 'acts', at, when: 'before' })).toMatchObject({ killed: true });
        await expire(site);
        const isClosed = (await own(site.db(), 'runs')).at(-1)?.['state'] === 'applied';
        await must(0, site.run([...rollback, ...(isClosed ? ['--run', '2'] : more)]));
        expect(await site.hash(), `act ${at}`).toBe(hash);
        expect(await managed(), `act ${at}`).toEqual(owned);
      }
    },
  );
});

test('client dies during an index build: status says what is done, what nobody knows yet and what is left', async () => {
  const { file } = await prepared(site);
  await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
  const running = site.spawn(applyOf(file, ...lease));
  await building(site.client(), site.name, 'things');
  running.kill('SIGKILL');
  await running.done;
  await calm(site.client());
  await expire(site);
  const [first, second] = ['things.fields.kind', 'things.fields.note'];
  const { out } = await must(0, site.run(['status', '--schema', file]));
  const words = out.replaceAll(/\s+/g, ' ');
  expect(words).toContain(`2 of 3 steps, ${documents.toLocaleString('en')} documents written: cut off.`);
  expect(words).toContain('Begun, to be read from the server by whoever goes on: things.indexes.a_1.');
  expect(words).toContain('Go on with run 1: schemactl resume; take it back: schemactl rollback --run 1');
  const json = await must(0, site.run(['status', '--format', 'json', '--schema', file]));
  const { lastRun, unsettled } = JSON.parse(json.out) as { lastRun: unknown; unsettled: Record<string, string[]> };
  expect(lastRun).toMatchObject({ steps: { done: 2, total: 3 }, documents });
  expect({ ...unsettled, done: unsettled['done']?.toSorted() }).toEqual({
    done: [first, second],
    unknown: ['things.indexes.a_1'],
    left: [],
  });
  await must(0, site.run(['resume', '--auto-approve', '--lock-wait', '30s']));
  expect(JSON.parse((await must(0, site.run(['status', '--format', 'json', '--schema', file]))).out)).toMatchObject({
    unsettled: null,
  });
});

test.each(['apply', 'resume', 'rollback'])(
  'client dies during an index build: %s waits for the build, which the server goes on with',
  async (how) => {
    const start = await prepared(site);
    const { file, before } = start;
    await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
    const running = site.spawn(applyOf(file, ...lease));
    await building(site.client(), site.name, 'things');
    running.kill('SIGKILL');
    await running.done;
    const args = how === 'apply' ? applyOf(file) : [how, '--auto-approve'];
    const next = site.spawn([...args, '--lock-wait', '30s']);
    await sleep(2000);
    expect(next.hasEnded()).toBe(false);
    await calm(site.client());
    await must(0, next.done);
    if (how === 'rollback') expect(await site.hash()).toBe(before);
    else await whole(site, start);
  },
);
