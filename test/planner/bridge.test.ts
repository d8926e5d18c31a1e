import { describe, expect, test } from 'vitest';
import { bridgeTo, isBridge } from '../../src/planner/families/indexes/bridge.ts';
import { sameSignature } from '../../src/planner/families/indexes/canonical.ts';
import type { IndexState } from '../../src/state/types.ts';
import { indexName } from '../../src/state/address.ts';
import { encode } from '../../src/state/encode.ts';
import { schemaOf } from './support.ts';

/** The only index of a flow map, as it is declared. */
function declared(flow: string): IndexState {
  const [index] = schemaOf(`{ c: { indexes: [ ${flow} ] } }`).collections[0]?.indexes ?? [];
  return { key: index?.key ?? [], options: index?.options ?? {} };
}

interface Row {
  readonly wanted: string;
  readonly live: string;
  readonly version?: string;
  /** The bridge's options as JSON; null: there is none. */
  readonly bridge: Readonly<Record<string, unknown>> | null;
}

const clauses = (...all: readonly unknown[]): unknown => ({ $doc: [['$and', all]] });
const clause = (path: string, operator: string, value: unknown): unknown => ({
  $doc: [[path, { $doc: [[operator, value]] }]],
});
const int = (value: number): unknown => ({ $numberInt: String(value) });
const empty = { $doc: [] };

const rows: readonly Row[] = [
  {
    wanted: '{ key: { a: 1 } }',
    live: '{ key: { a: 1 }, expireAfterSeconds: 5 }',
    bridge: { partialFilterExpression: empty },
  },
  { wanted: '{ key: { a: 1 } }', live: '{ key: { a: 1 } }', version: '4.4.2', bridge: null },
  { wanted: '{ key: { a: text } }', live: '{ key: { a: text }, weights: { a: 2 } }', bridge: null },
  {
    wanted: '{ key: { a: 1 }, unique: true, hidden: true, expireAfterSeconds: 5 }',
    live: '{ key: { a: 1 } }',
    bridge: { unique: true, partialFilterExpression: empty },
  },
  {
    wanted: '{ key: { a: 1 }, sparse: true }',
    live: '{ key: { a: 1 } }',
    bridge: { partialFilterExpression: clause('a', '$exists', true) },
  },
  {
    wanted: '{ key: { a: 1, b: 1 }, sparse: true }',
    live: '{ key: { a: 1, b: 1 } }',
    bridge: {
      partialFilterExpression: { $doc: [['$or', [clause('a', '$exists', true), clause('b', '$exists', true)]]] },
    },
  },
  {
    wanted: '{ key: { a: 1, b: 1 }, sparse: true }',
    live: '{ key: { a: 1, b: 1 } }',
    version: '5.0.4',
    bridge: { partialFilterExpression: empty },
  },
  {
    wanted: '{ key: { a: 1, b: 1 }, sparse: true, unique: true }',
    live: '{ key: { a: 1, b: 1 } }',
    version: '5.0.4',
    bridge: null,
  },
  { wanted: '{ key: { a: 1 }, partialFilterExpression: {} }', live: '{ key: { a: 1 }, sparse: true }', bridge: {} },
  {
    wanted: '{ key: { a: 1 }, partialFilterExpression: { b: { $gt: 1 }, a: { $gte: 0 } } }',
    live: '{ key: { a: 1 }, hidden: true }',
    version: '5.0.4',
    bridge: {
      partialFilterExpression: clauses(
        clause('b', '$gt', int(1)),
        clause('a', '$gte', int(0)),
        clause('b', '$gt', int(1)),
        clause('a', '$gte', int(0)),
      ),
    },
  },
  { wanted: '{ key: { a: 1 } }', live: '{ key: { a: 1 }, partialFilterExpression: {} }', bridge: null },
];

describe('what stands in while an index is replaced', () => {
  test.each(rows)('$wanted beside $live on $version', ({ wanted, live, version = '6.0.5', bridge }) => {
    const index = declared(wanted);
    const other = { name: indexName(index.key), ...declared(live) };
    const found = bridgeTo(index, [other], version);
    expect(found === null ? null : encode(found.options)).toEqual(bridge);
    if (found === null) return;
    expect(isBridge(found.name)).toBe(true);
    expect([sameSignature(found, index, version), sameSignature(found, other, version)]).toEqual([false, false]);
  });
});
