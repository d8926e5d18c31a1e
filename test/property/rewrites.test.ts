import fc, { type Arbitrary } from 'fast-check';
import type { CollationOptions } from 'mongodb';
import { expect, test } from 'vitest';
import { toBson } from '../../src/database/bson.ts';
import { SchemactlError } from '../../src/errors.ts';
import { type Doc, doc, int, scalar, type Value } from '../../src/state/value.ts';
import { useDatabase } from '../support/database.ts';
import { finiteScalars, seed, tally } from '../support/generators.ts';
import { bytesOf, type Documents, fillCollection, useWorkflow } from '../support/workflow.ts';

console.log(`test/property/rewrites: FC_SEED=${seed}`);

/** Pairs of documents and field changes; each takes about half a second. */
const pairs = Number(process.env['REWRITE_PAIRS'] ?? '40');

const { db } = useDatabase('random_rewrites');
const workflow = useWorkflow(db);

/** Few names, so that fields, parents and former names meet; some that an expression cannot hold. */
const names = ['a', 'b', 'c', 'o', 'l', '2024', '10', 'x y', 'A'];
const strange = ['', 'a.b', 'é'];
const name = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names) }, fc.constantFrom(...strange));
const convertible: Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -99, max: 99 }).map((value) => String(value)),
  fc.integer({ min: -9, max: 9 }).map(int),
  fc.integer({ min: -9, max: 9 }).map((value) => scalar('double', `${value}.0`)),
  fc.constantFrom('true', 'false', '007', '1.50', '2026-01-31', ''),
);
/** The driver reads these two deprecated types, but sends neither. */
const sendable = finiteScalars.filter(({ type }) => type !== 'dbPointer' && type !== 'undefined');
const leaf: Arbitrary<Value> = fc.oneof(fc.constant(null), fc.boolean(), sendable, convertible, convertible);
const { object } = fc.letrec<{ value: Value; object: Doc }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 3, arbitrary: tie('object') },
  ),
  object: fc
    .uniqueArray(fc.tuple(name, tie('value')), { selector: ([key]) => key, maxLength: 6 })
    .map((all) => doc(...all)),
}));
const ids: Arbitrary<Value> = fc.oneof(
  fc.integer().map(int),
  fc.string({ maxLength: 5 }).filter((text) => !text.includes('\0')),
  fc.uuid().map((text) => doc(['k', text], ['2', int(1)])),
  fc.constantFrom<Value>(scalar('date', '86400000'), null, scalar('double', 'NaN'), 'A', 'a'),
  fc.constant(scalar('objectId', '65a000000000000000000001')),
);
const whole = fc.integer({ min: -99, max: 99 });
const numbered = fc.oneof(
  whole.map(int),
  whole.map(String),
  whole.map((value) => scalar('double', `${value}.0`)),
);
const filled = fc
  .tuple(object, fc.option(numbered))
  .map(([fields, n]) => (n === null ? fields : doc(...fields, ['n', n])));
const collections = fc.uniqueArray(fc.tuple(ids, filled), {
  selector: ([id]) => JSON.stringify(toBson(id)),
  maxLength: 25,
});

/** What one field declares, as YAML in flow style; `known` names the conversions that may stand against the data. */
const change = fc.oneof(
  fc
    .constantFrom('default: 1', 'default: null', 'default: "$x"', 'default: { z: 1, "10": [2] }')
    .map((text) => `type: any, ${text}`),
  fc
    .constantFrom('"$a"', '{ $concat: [{ $type: "$a" }, "-"] }', '{ $type: "$b" }', '{ $ifNull: ["$o.a", "$$REMOVE"] }')
    .map((text) => `compute: ${text}`),
  fc.constant('absent: true'),
  fc.constantFrom(...names).map((former) => `renamedFrom: "${former}"`),
  fc
    .constantFrom('int', '[int, string]', 'string', 'bool', '[double, string]')
    .map((type) => `type: ${type}, convert: true`),
);
const fieldsOf = (inner: Arbitrary<string>): Arbitrary<string> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), inner), { selector: ([key]) => key, minLength: 1, maxLength: 3 })
    .map((all) => `{ ${all.map(([key, text]) => `"${key}": { ${text} }`).join(', ')} }`);
const nested = fieldsOf(change).map((fields) => `type: object, fields: ${fields}`);
const inItems = fc.oneof(
  fieldsOf(change).map((fields) => `type: array, items: { type: object, fields: ${fields} }`),
  fc.constantFrom('int', '[int, string]').map((type) => `type: array, items: { type: ${type}, convert: true }`),
);
/** A field that holds only what mostly can be converted, so that conversions are not all refused. */
const numbers = fc.option(fc.constantFrom('int', '[int, string]', 'string'));
const schemas = fc
  .tuple(fieldsOf(fc.oneof({ weight: 3, arbitrary: change }, nested, inItems)), numbers)
  .map(([fields, type]) => (type === null ? fields : fields.replace('{', `{ "n": { type: ${type}, convert: true },`)))
  .map((fields) => `version: 1\ncollections:\n  c: { fields: ${fields} }\n`);

const bytes = (): Promise<readonly string[]> => bytesOf(db(), 'c');

async function fill(documents: Documents, collation: CollationOptions | null): Promise<void> {
  await db().dropDatabase();
  await fillCollection(db(), 'c', documents, collation === null ? {} : { collation });
}

test('documents are rewritten as declared, and every byte comes back, forth and back again', {
  timeout: 600_000,
}, async () => {
  const { count, share } = tally();
  const check = async (documents: Documents, text: string, collation: CollationOptions | null): Promise<void> => {
    await fill(documents, collation);
    const before = await bytes();
    const plan = await workflow.plan(text, 'fast').catch((error: unknown) => {
      if (error instanceof SchemactlError && error.code === 'SCH2203') return null;
      throw error;
    });
    const isRun = plan !== null && plan.violations.length === 0 && !plan.noop;
    const addresses = [...new Set(plan?.steps.map(({ address }) => address))];
    const kinds = isRun ? plan.steps.map(({ kind }) => kind) : [];
    count(isRun ? 'run' : 'none', ...kinds, ...(isRun && addresses.length > 1 ? ['alone'] : []));
    if (!isRun) return;
    expect(await workflow.run(plan)).toMatchObject({ exitCode: 0, late: 0 });
    const applied = await bytes();
    const written = plan.steps.reduce((sum, { estimate }) => sum + (estimate?.documents ?? 0), 0);
    expect(applied.join() === before.join()).toBe(written === 0);
    expect(await workflow.plan(text, 'full')).toMatchObject({ noop: true, violations: [] });
    expect(await workflow.run(await workflow.rollback(null))).toMatchObject({ exitCode: 0 });
    expect(await bytes()).toEqual(before);
    expect(await workflow.run(await workflow.rollback(2))).toMatchObject({ exitCode: 0 });
    expect(await bytes()).toEqual(applied);
    let isWhole = true;
    for (const address of addresses.sort((a, b) => (a > b ? 1 : -1))) {
      const alone = await workflow.rollback(1, [address]).catch(() => null);
      if (alone === null) isWhole = false;
      else expect(await workflow.run(alone)).toMatchObject({ exitCode: 0 });
    }
    if (isWhole) {
      count('one by one');
      expect(await bytes()).toEqual(before);
    }
    await fill(documents, collation);
    const unkept = await workflow.plan(text, 'fast', false);
    if (unkept === null) throw new Error('the same text is valid no more');
    expect(await workflow.run(unkept)).toMatchObject({ exitCode: 0 });
    expect(await bytes()).toEqual(applied);
  };
  const law = fc.asyncProperty(collections, schemas, fc.option(fc.constant({ locale: 'en', strength: 2 })), check);
  await fc.assert(law, { seed, numRuns: pairs, endOnFailure: process.env['FC_SHRINK'] === undefined });
  expect(share('run')).toBeGreaterThan(0.2);
  for (const kind of ['backfill', 'compute', 'convert', 'renameField', 'removeField', 'alone']) {
    expect([kind, share(kind) > 0.02]).toEqual([kind, true]);
  }
});
