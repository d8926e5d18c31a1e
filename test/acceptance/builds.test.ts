import type { Db, Document } from 'mongodb';
import { afterEach, describe, expect, test } from 'vitest';
import { building, calm, failPoint } from '../support/faults.ts';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, own, planOf, type Running, sleep, until, useSite } from '../support/site.ts';

/** Index builds of somebody else, paused by the server itself while the command line runs. */
const site = useSite('builds', {});

afterEach(() => calm(site.client()));

const schema = (...indexes: readonly string[]): Promise<string> =>
  schemaFile(`version: 1\ncollections:\n  things:\n    indexes:\n${indexes.map((one) => `      - ${one}\n`).join('')}`);

interface Foreign {
  readonly db: Db;
  /** Resolves once the build is through. */
  readonly built: Promise<unknown>;
}

/** Twenty documents, the indexes that are there already, and a build of another client that stands still. */
async function foreignBuild(index: Document, live: readonly Document[] = []): Promise<Foreign> {
  const db = await site.fresh();
  await db.collection('things').insertMany(Array.from({ length: 20 }, (_, a) => ({ a })));
  if (live.length > 0) await db.command({ createIndexes: 'things', indexes: live });
  await failPoint(site.client(), 'hangAfterStartingIndexBuild', 'alwaysOn');
  const built = db.command({ createIndexes: 'things', indexes: [index] });
  built.catch(() => undefined);
  await building(site.client(), site.name, 'things');
  return { db, built };
}

const apply = (file: string): readonly string[] => ['apply', '--auto-approve', '--schema', file];

/** A command line that holds the lock, a second long by now. */
async function locked(args: readonly string[], db: Db): Promise<Running> {
  const running = site.spawn(args);
  await until(async () => (await own(db, 'lock')).some(({ owner }) => owner !== null));
  await sleep(1000);
  return running;
}

/** Runs beside the build; it must not end before the build goes on. */
async function waits(args: readonly string[], { db, built }: Foreign): ReturnType<typeof site.run> {
  const running = await locked(args, db);
  expect(running.hasEnded()).toBe(false);
  await calm(site.client());
  await built;
  return running.done;
}

/** The addresses of all steps that runs were opened with. */
async function planned(db: Db): Promise<readonly string[]> {
  const works = (await own(db, 'steps')).map(
    ({ work }) => JSON.parse(String(work)) as { steps: { address: string }[] },
  );
  return works.flatMap(({ steps }) => steps.map(({ address }) => address));
}

interface Row {
  readonly what: string;
  readonly foreign: Document;
  readonly declared: readonly string[];
  readonly code: number;
  /** What is there in the end. */
  readonly names: readonly string[];
  /** Steps that apply ran. */
  readonly steps: readonly string[];
  readonly says?: string;
}

const rows: readonly Row[] = [
  {
    what: 'an equal index: it is joined and adopted',
    foreign: { name: 'a_1', key: { a: 1 } },
    declared: ['{ key: { a: 1 } }'],
    code: 0,
    names: ['a_1'],
    steps: [],
  },
  {
    what: 'an equal index under another name: it is adopted, not built twice',
    foreign: { name: 'by_hand', key: { a: 1 } },
    declared: ['{ key: { a: 1 } }'],
    code: 0,
    names: ['by_hand'],
    steps: [],
  },
  {
    what: 'one of two that are declared: only the other is built',
    foreign: { name: 'a_1', key: { a: 1 } },
    declared: ['{ key: { a: 1 } }', '{ key: { b: 1 } }'],
    code: 0,
    names: ['a_1', 'b_1'],
    steps: ['things.indexes.b_1'],
  },
  {
    what: 'an index that nobody declared: what is declared comes after it',
    foreign: { name: 'c_1', key: { c: 1 } },
    declared: ['{ key: { a: 1 } }'],
    code: 0,
    names: ['a_1', 'c_1'],
    steps: ['things.indexes.a_1'],
  },
  {
    what: 'an index of that name with other options: to replace it was not approved',
    foreign: { name: 'a_1', key: { a: 1 }, sparse: true },
    declared: ['{ key: { a: 1 } }'],
    code: 21,
    names: ['a_1'],
    steps: [],
    says: 'things.indexes.a_1: replace',
  },
];

describe('while somebody else builds', () => {
  test.each(rows)('$what', async ({ foreign, declared, code, names, steps, says }) => {
    const other = await foreignBuild(foreign);
    const file = await schema(...declared);
    expect(await planOf(site, ['--schema', file])).toMatchObject({
      notes: [{ code: 'index-being-built', address: `things.indexes.${String(foreign['name'])}` }],
    });
    const { out, err } = await must(code, waits(apply(file), other));
    expect(out + err).toContain('index-being-built');
    expect(err).toContain(says ?? '');
    expect(await indexesOf(other.db, 'things')).toEqual(names);
    expect(await planned(other.db)).toEqual(steps);
    if (code === 0) await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  });

  test('a saved plan waits too, and is stale by what was built', async () => {
    const other = await foreignBuild({ name: 'by_hand', key: { a: 1 } });
    const file = await schema('{ key: { a: 1 } }');
    const saved = `${file}.plan.json`;
    await must(0, site.run(['plan', '--schema', file, '--out', saved]));
    const { err } = await must(21, waits(['apply', '--auto-approve', saved], other));
    expect(err).toContain('things.indexes.by_hand: was added');
    expect(await indexesOf(other.db, 'things')).toEqual(['by_hand']);
  });

  test('Ctrl-C ends the waiting, and nothing was built', async () => {
    const other = await foreignBuild({ name: 'c_1', key: { c: 1 } });
    const running = await locked(apply(await schema('{ key: { a: 1 } }')), other.db);
    running.kill('SIGINT');
    await must(130, running.done);
    await calm(site.client());
    await other.built;
    expect(await indexesOf(other.db, 'things')).toEqual(['c_1']);
  });
});

describe('a build takes one of the 64 slots', () => {
  const others = (count: number): readonly Document[] =>
    Array.from({ length: count }, (_, at) => ({ name: `f${at}`, key: { [`f${at}`]: 1 } }));

  interface Slots {
    readonly what: string;
    /** Live indexes beside the one on `_id`, `a_1` among them. */
    readonly live: number;
    readonly route: string;
  }

  test.each<Slots>([
    { what: 'one is free beside it: built first, then dropped', live: 61, route: 'swap' },
    { what: 'none is free beside it: dropped first', live: 62, route: 'gap' },
  ])('$what', async ({ live, route }) => {
    const other = await foreignBuild({ name: 'z', key: { z: 1 } }, [
      { name: 'a_1', key: { a: 1 } },
      ...others(live - 1),
    ]);
    const file = await schema('{ key: { a: 1 }, collation: { locale: en } }');
    expect(await planOf(site, ['--schema', file])).toMatchObject({ steps: [{ route }] });
    const allow = route === 'gap' ? ['--allow', 'index-gap'] : [];
    await must(0, waits([...apply(file), ...allow], other));
    expect(await indexesOf(other.db, 'things')).toHaveLength(live + 1);
    await must(0, site.run(['plan', '--detailed-exitcode', '--schema', file]));
  });

  test('none is left for one more: 20, and nothing written', async () => {
    const { db, built } = await foreignBuild({ name: 'z', key: { z: 1 } }, others(62));
    const file = await schema('{ key: { a: 1 } }');
    const { err } = await must(20, site.run(apply(file)));
    expect(err).toContain('would have 65 indexes');
    await calm(site.client());
    await built;
    expect(await indexesOf(db, 'things')).toHaveLength(63);
  });
});
