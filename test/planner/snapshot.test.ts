import { describe, expect, test } from 'vitest';
import { SchemactlError } from '../../src/errors.ts';
import { decodePlan, encodePlan } from '../../src/planner/codec.ts';
import { decodeSnapshot, encodeSnapshot, makeSnapshot, type Snapshot } from '../../src/planner/snapshot.ts';
import type { Value } from '../../src/state/value.ts';
import { doc, docOf, int, scalar } from '../../src/state/value.ts';
import { databaseOf, ledgerOf, planOf, schemaOf, uuidsOf } from './support.ts';

const { collections } = databaseOf({ '2024': { a_1: 'a:1' }, orders: { u_1: 'u:1 unique' }, schemactl_runs: {} });
const options: Readonly<Record<string, Value>> = {
  viewOn: 'orders',
  pipeline: [docOf({ $match: doc(['2', int(1)], ['1', scalar('long', '5')], ['$doc', null]) })],
};
const structure = {
  collections: { ...collections, view: { type: 'view' as const, options, validator: null, indexes: {} } },
};

function snapshotAt(createdAt: string): Snapshot {
  return makeSnapshot({
    tool: 'schemactl test',
    createdAt,
    target: { database: 'shop', server: '6.0.5', topology: 'replicaSet rs0', identity: 'sha256:0' },
    structure,
    uuids: uuidsOf(structure),
    ledger: [...ledgerOf(schemaOf('{ orders: { indexes: [{ key: { u: 1 }, unique: true }] } }')).values()],
  });
}

const snapshot = snapshotAt('2026-01-31T12:00:00.000Z');
const text = encodeSnapshot(snapshot);

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof SchemactlError ? `${error.exitCode} ${error.code} ${error.message}` : String(error);
  }
}

test('a snapshot comes back as it was, names in their order', () => {
  expect(decodeSnapshot(text)).toEqual(snapshot);
  expect(encodeSnapshot(decodeSnapshot(text))).toBe(text);
});

test('our own collections are not in it', () => {
  expect(Object.keys(snapshot.structure.collections).sort()).toEqual(['2024', 'orders', 'view']);
  expect(Object.keys(snapshot.uuids)).not.toContain('schemactl_runs');
});

test('the checksum tells whether anything has changed, not when it was looked at', () => {
  expect(snapshotAt('2027-01-31T12:00:00.000Z').checksum).toBe(snapshot.checksum);
});

const edited = (change: (json: Record<string, unknown>) => void): string => {
  const json = JSON.parse(text) as Record<string, unknown>;
  change(json);
  return JSON.stringify(json);
};

describe('65 for what is no snapshot as it was taken', () => {
  test.each<[what: string, text: string, says: RegExp]>([
    ['nothing', '', /not JSON/],
    ['half of one', text.slice(0, 400), /not JSON/],
    ['YAML', 'version: 1', /not JSON/],
    ['null', 'null', /not a snapshot/],
    ['a list', '[]', /not a snapshot/],
    ['some other JSON', '{}', /no formatVersion/],
    ['a plan', encodePlan(planOf({ schema: schemaOf('{ c: {} }') })), /but a plan/],
    ['another format', edited((json) => (json['formatVersion'] = 2)), /format 2; this schemactl reads format 1/],
    ['an edited server', edited((json) => (json['target'] = { server: '7.0.0' })), /checksum/],
    ['an edited structure', edited((json) => (json['structure'] = { $doc: 5 })), /checksum/],
    ['no structure', edited((json) => delete json['structure']), /checksum/],
    ['no checksum', edited((json) => delete json['checksum']), /checksum/],
  ])('%s', (_, given, says) => {
    const found = codeOf(() => decodeSnapshot(given));
    expect(found).toMatch(/^65 SCH2504 /);
    expect(found).toMatch(says);
  });

  test('a snapshot is no plan either', () => {
    expect(codeOf(() => decodePlan(text))).toMatch(/^65 SCH2501 .*snapshot/);
  });
});
