import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { must, own, type Site, useSite } from '../support/site.ts';
import { libfaketime, shifted } from './clock.ts';
import { expire, mortal, type When, whens } from './mortal.ts';
import { everything, tallyOf } from './share.ts';
import { lockIsFree, run } from './survive.ts';

/**
 * Random histories: the schema is edited, planned, applied, killed, applied by two at once, taken back, changed by hand,
 * in any order. The invariants of every one of them are in `settled` and at the end of `history`.
 */
const site = useSite('random', {});

/** What may be declared, each with what may be declared in its place. */
const fields = [
  '',
  'f: { type: string, default: "-" }',
  'f: { type: string, default: "-" }, g: { type: int, default: 1 }',
];
const indexes = [
  '',
  '{ key: { a: 1 } }',
  '{ key: { a: 1 }, sparse: true }, { key: { b: -1 } }',
  '{ key: { a: 1 }, hidden: true }, { key: { b: 1 }, expireAfterSeconds: 90000 }',
];
const validators = ['', 'validation: { level: moderate, action: warn }, '];
const others = ['', ', made: { indexes: [ { key: { x: 1 } } ] }'];

interface Model {
  folder: string;
  seeds: number;
  /** Whether somebody has changed anything by hand. */
  drifted: boolean;
}

const schemaOf = ([field, index, validator, other]: readonly number[]): string =>
  `version: 1\ncollections: { things: { ${validators[validator!]}fields: { ${fields[field!]} }, indexes: [ ${indexes[index!]} ] }${others[other!]} }\n`;

const shape = fc.tuple(...[fields, indexes, validators, others].map(({ length }) => fc.nat(length - 1)));

type Deed =
  | { readonly kind: 'edit'; readonly shape: readonly number[] }
  | { readonly kind: 'apply' | 'rollback' | 'resume' | 'plan' | 'two' }
  | {
      readonly kind: 'kill';
      readonly what: 'apply' | 'rollback' | 'resume';
      readonly at: number;
      readonly when: When;
      readonly clock: string;
    }
  | { readonly kind: 'drift'; readonly how: 'index' | 'drop-index' | 'document' | 'foreign' };

/** How far the clock of whoever is killed is off. */
const clocks = libfaketime === null ? ['+0h'] : ['+0h', '+0h', '+1h', '-1h'];

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('edit' as const), shape }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'apply' as const,
        'apply' as const,
        'rollback' as const,
        'resume' as const,
        'plan' as const,
        'two' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      what: fc.constantFrom('apply' as const, 'apply' as const, 'rollback' as const, 'resume' as const),
      at: fc.integer({ min: 20, max: 130 }),
      when: fc.constantFrom(...whens),
      clock: fc.constantFrom(...clocks),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('drift' as const),
      how: fc.constantFrom('index' as const, 'drop-index' as const, 'document' as const, 'foreign' as const),
    }),
  },
);

const waiting = ['--auto-approve', '--lock-lease', '5s', '--lock-wait', '90s'];
const allow = ['--allow', 'drop-index,drop-collection,index-gap,ttl-expiry,tighten-validator'];

const schemaFlag = ({ folder }: Model): readonly string[] => ['--schema', join(folder, 'schema.yaml')];
const applyArgs = (model: Model): readonly string[] => ['apply', ...waiting, ...allow, ...schemaFlag(model)];
const rollbackArgs = ['rollback', ...waiting, ...allow];
const resumeArgs = ['resume', ...waiting];

/** What nobody declared, and what the application has written itself. */
async function foreign(of: Site): Promise<unknown> {
  const db = of.db();
  const names = await db.collection('foreign').find().sort({ _id: 1 }).toArray();
  const listed = await db.collection('foreign').listIndexes().toArray();
  const ownValues = await db
    .collection('things')
    .find({ own: true }, { projection: { f: 1 } })
    .sort({ _id: 1 })
    .toArray();
  return { names, listed, ownValues };
}

async function drift(how: string, { seeds }: Model): Promise<void> {
  const db = site.db();
  if (how === 'index') await db.collection('things').createIndex({ [`hand${seeds % 3}`]: 1 });
  if (how === 'drop-index')
    await db
      .collection('things')
      .dropIndex('a_1')
      .catch(() => undefined);
  if (how === 'document') await db.collection('things').insertOne({ own: true, f: `by the application ${seeds}` });
  if (how === 'foreign') await db.collection('foreign').insertOne({ n: seeds });
}

/** How a deed may end: done; after a change by hand also blocked, stale or part-way. */
const fine = ({ drifted }: Model): readonly number[] => (drifted ? [0, 20, 21, 23] : [0]);

async function act(deed: Deed, model: Model, hit: () => void): Promise<void> {
  model.seeds += 1;
  const ends = async (args: readonly string[]): Promise<void> => {
    const { code, out, err } = await run(site, args);
    expect(fine(model), `${args[0] ?? ''}: ${out}\n${err}`).toContain(code);
    expect(err).not.toMatch(/SCH900/);
  };
  switch (deed.kind) {
    case 'edit':
      return writeFile(join(model.folder, 'schema.yaml'), schemaOf(deed.shape));
    case 'apply':
      return ends(applyArgs(model));
    case 'rollback':
      return ends(rollbackArgs);
    case 'resume':
      return ends(resumeArgs);
    case 'plan': {
      const before = await site.hash();
      await ends(['plan', ...schemaFlag(model)]);
      expect(await site.hash(), 'plan only reads').toBe(before);
      return;
    }
    case 'two':
      await Promise.all([ends(applyArgs(model)), ends(applyArgs(model))]);
      hit();
      return;
    case 'kill': {
      const args = { apply: applyArgs(model), rollback: rollbackArgs, resume: resumeArgs }[deed.what];
      const env = deed.clock === '+0h' ? {} : shifted(deed.clock);
      const { killed, code, err } = await mortal(site, args, { at: deed.at, when: deed.when, env });
      if (killed) hit();
      else expect(fine(model), err).toContain(code);
      return expire(site);
    }
    case 'drift':
      model.drifted = true;
      return drift(deed.how, model);
    default:
      return deed satisfies never;
  }
}

const looksAgain = ['--check-data', 'full'];

/**
 * Whatever happened: an apply that looks again at documents of before converges, the next plan is empty, nobody holds the lock,
 * no run is open.
 */
async function settled(model: Model): Promise<void> {
  await must(0, run(site, [...applyArgs(model), ...looksAgain]));
  await must(0, run(site, ['plan', '--detailed-exitcode', ...looksAgain, ...schemaFlag(model)]));
  await lockIsFree(site);
  const open = (await own(site.db(), 'runs')).filter(({ state }) =>
    ['running', 'interrupted', 'partial'].includes(String(state)),
  );
  expect(open).toEqual([]);
}

/** What taking everything back may end with: done; or refused for what was changed by hand or is in the way. */
const takenBack = 0;
const refused = [20, 21];

/** Answers how many steps its runs have done. */
async function history(all: readonly Deed[], hit: () => void): Promise<number> {
  const model: Model = { folder: await emptyFolder(), seeds: 0, drifted: false };
  const db = await site.fresh();
  await db.createCollection('foreign');
  await db
    .collection('things')
    .insertMany([1, 2, 3, 4, 5].map((a) => ({ a, b: a, ...(a === 3 ? { f: 'own', own: true } : {}) })));
  await writeFile(join(model.folder, 'schema.yaml'), schemaOf([0, 0, 0, 0]));
  const start = await site.hash();
  for (const deed of all) {
    const before = await foreign(site);
    await act(deed, model, hit);
    if (deed.kind !== 'drift') expect(await foreign(site), 'what is not ours is as it was').toEqual(before);
  }
  await settled(model);
  const before = await foreign(site);
  const { code, out, err } = await run(site, [...rollbackArgs, '--all']);
  expect(model.drifted ? [takenBack, ...refused] : [takenBack], `${out}\n${err}`).toContain(code);
  if (!model.drifted) {
    expect(await site.hash(), 'everything is as it was').toBe(start);
    // What was there may have become managed without a run, which nothing takes back.
    const managed = (await own(site.db(), 'objects')).filter(({ address }) => address !== 'things');
    expect(managed, 'nothing is managed any more').toEqual([]);
  }
  expect(await foreign(site), 'what is not ours is as it was').toEqual(before);
  const runs = await own(site.db(), 'runs');
  return runs.reduce((sum, { stepsDone }) => sum + Number(stepsDone ?? 0), 0);
}

/** Histories that once failed, as they were shrunk. */
const failed: readonly (readonly Deed[])[] = [
  // What the run that was cut off had built already was dropped by hand: going on with it left that out.
  [
    { kind: 'edit', shape: [1, 2, 0, 1] },
    { kind: 'kill', what: 'apply', at: 129, when: 'after', clock: '+0h' },
    { kind: 'drift', how: 'drop-index' },
  ],
];

const seed = Number(process.env['FC_SEED'] ?? 20261126);
const numRuns = Number(process.env['FAULTS_RUNS'] ?? (everything ? 2000 : 2));

test('anything else: random histories', { timeout: 24 * 3600_000 }, async () => {
  const what = 'random histories of edits, applies, kills, second appliers, rollbacks, drift';
  const tally = tallyOf('Anything else', `${what}, seed ${seed}`);
  for (const one of failed) await history(one, () => tally.hit());
  let [histories, steps] = [0, 0];
  const property = fc.asyncProperty(fc.array(deeds, { minLength: 3, maxLength: 8 }), async (all) => {
    histories += 1;
    steps += await history(all, () => tally.hit());
  });
  await fc.assert(property, { seed, numRuns, endOnFailure: process.env['FC_SHRINK'] === undefined });
  expect(steps, 'the histories have hardly done anything').toBeGreaterThan(histories);
  tally.close(`${histories} histories, whose runs did ${steps.toLocaleString('en')} steps`);
});
