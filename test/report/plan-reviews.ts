import type { Plan } from '../../src/planner/contract.ts';
import type { Review } from '../../src/report/plan/review.ts';
import { databaseOf, ledgerOf, type PlanScene, planOf, schemaOf } from '../planner/support.ts';
import { nasty } from './findings.ts';

const quoted = (text: string): string => JSON.stringify(text);

/** Every name that a schema can hold is what some format could take for its own; with a violation and a hazard. */
const hostile = `{
  ${quoted(nasty)}: {
    fields: { ${quoted(nasty)}: { type: string, default: ${quoted(nasty)} } },
    indexes: [{ key: { a: 1 }, name: ${quoted(nasty)}, unique: true, partialFilterExpression: { b: ${quoted(nasty)} } }],
    validation: { level: strict, action: error },
  },
  next: { indexes: [{ key: { x: 1 } }] },
}`;

const scene: PlanScene = {
  live: databaseOf({ [nasty]: { gone: 'g:1' } }),
  schema: schemaOf(hostile),
  ledger: ledgerOf(schemaOf(`{ ${quoted(nasty)}: { indexes: [{ key: { g: 1 }, name: gone }] } }`)),
  documents: { [nasty]: 48_210 },
};

const unique = planOf(scene).steps.find(({ change, after }) => change === 'index' && after !== null)!.address;

export const hostilePlan = planOf({
  ...scene,
  answers: { [unique]: { count: 3, exact: true, sample: [nasty] } },
});

const planOfMany = (collections: number): Plan =>
  planOf({
    live: databaseOf({ c: {} }),
    schema: schemaOf(
      `{ ${Array.from({ length: collections }, (_, at) => `牛乳の注文_${at}: { indexes: [{ key: { f${at}: 1 } }, { key: { 名前: 1, g${at}: -1 } }] }`).join(', ')} }`,
    ),
  });

/** More objects than a comment holds; more than a picture shows. */
export const [hugePlan, largePlan] = [planOfMany(900), planOfMany(50)];

export const review = (plan: Plan, more: Partial<Review> = {}): Review => ({
  command: 'plan',
  version: '0.1.0',
  plan,
  source: { from: `schema/${nasty} (1 file, 1 collection)`, holds: '1 collection' },
  forbidden: [],
  sources: new Map(),
  outcome: null,
  ...more,
});
