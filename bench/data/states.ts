import type { LedgerEntry } from '../../src/planner/contract.ts';
import type * as addresses from '../../src/state/address.ts';
import type * as declarations from '../../src/planner/declared.ts';
import type * as parser from '../../src/state/parse.ts';
import type { CollectionState, DatabaseState, Schema } from '../../src/state/types.ts';
import { product } from '../packages.ts';
import type { Case } from '../row.ts';
import { schemaText } from './sample.ts';

export interface States {
  readonly observed: DatabaseState;
  readonly schema: Schema;
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
}

const missingEvery = 100;

/** A schema, and a database on which it was applied before it lost one index of a hundred. */
export async function loadStates({ size, indexes }: Case): Promise<States> {
  const { parseSchema } = (await product('state/parse.js')) as typeof parser;
  const { declaredObjects } = (await product('planner/declared.js')) as typeof declarations;
  const { addressOf, indexName } = (await product('state/address.js')) as typeof addresses;
  const { schema } = parseSchema([{ path: 'schema.yaml', text: schemaText(size, indexes) }]);
  if (schema === null) throw new Error('the schema of the benchmark is not valid');
  let seen = 0;
  const collections = schema.collections.map((declared): [string, CollectionState] => {
    const kept = declared.indexes.filter(() => ++seen % missingEvery !== 0);
    const named = kept.map(({ key, options }) => [indexName(key), { key, options }] as const);
    return [declared.name, { type: 'collection', options: {}, validator: null, indexes: Object.fromEntries(named) }];
  });
  const live = new Map(
    schema.collections.flatMap(({ name, indexes: own }) =>
      own.map(({ key }) => [addressOf.index(name, indexName(key)), indexName(key)] as const),
    ),
  );
  const entries = declaredObjects(schema).map((entry) => ({ ...entry, live: live.get(entry.address) ?? null }));
  return {
    observed: { collections: Object.fromEntries(collections) },
    schema,
    ledger: new Map(entries.map((entry) => [entry.address, entry])),
  };
}
