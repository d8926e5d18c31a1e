import type { Change } from '../../src/planner/change.ts';
import type { CheckData, LedgerEntry, Plan, Selection } from '../../src/planner/contract.ts';
import { declaredObjects } from '../../src/planner/declared.ts';
import { type Diff, diffSchema } from '../../src/planner/diff.ts';
import type { PlanContext } from '../../src/planner/families/family.ts';
import type { NamedIndex } from '../../src/planner/operation.ts';
import { makePlan } from '../../src/planner/plan.ts';
import type { Answer } from '../../src/planner/questions.ts';
import { selectChanges, selector } from '../../src/planner/select.ts';
import { fingerprint } from '../../src/state/fingerprint.ts';
import { parseSchema } from '../../src/state/parse.ts';
import type { CollectionState, DatabaseState, IndexDeclaration, IndexState, Schema } from '../../src/state/types.ts';
import { int } from '../../src/state/value.ts';

/** `a:1,b:-1 unique ttl=60`: the key, then the options that are on. */
export function idx(text: string): IndexState {
  const [key = '', ...words] = text.split(' ');
  const option = (word: string) =>
    word.startsWith('ttl=') ? (['expireAfterSeconds', int(Number(word.slice(4)))] as const) : ([word, true] as const);
  return {
    key: key.split(',').map((part) => {
      const [field = '', direction = '1'] = part.split(':');
      return [field, int(Number(direction))] as const;
    }),
    options: Object.fromEntries(words.map(option)) as IndexState['options'],
  };
}

export const named = (name: string, text: string): NamedIndex => ({ name, ...idx(text) });

export const declaredIndex = (text: string, name: string | null = null): IndexDeclaration => ({
  ...idx(text),
  name,
  milestone: null,
  absent: false,
});

type Listing = Readonly<Record<string, string>>;

/** A plain collection with indexes by name, each as `idx` reads it. */
export function collectionOf(indexes: Listing = {}): CollectionState {
  const read = Object.entries(indexes).map(([name, text]) => [name, idx(text)]);
  return {
    type: 'collection',
    options: {},
    validator: null,
    indexes: Object.fromEntries(read) as CollectionState['indexes'],
  };
}

export function databaseOf(collections: Readonly<Record<string, Listing>>): DatabaseState {
  const read = Object.entries(collections).map(([name, indexes]) => [name, collectionOf(indexes)]);
  return { collections: Object.fromEntries(read) as DatabaseState['collections'] };
}

/** The schema of a flow map of collections and, if given, of milestones. */
export function schemaOf(collections: string, milestones = '{}'): Schema {
  const text = `version: 1\nmilestones: ${milestones}\ncollections: ${collections}\n`;
  const { schema, diagnostics } = parseSchema([{ path: 's.yaml', text }]);
  if (schema === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return schema;
}

/** What the ledger remembers once a schema was applied; indexes under their own names unless told otherwise. */
export function ledgerOf(schema: Schema, live: Listing = {}): ReadonlyMap<string, LedgerEntry> {
  const nameOf = ({ kind, address }: LedgerEntry): string | null =>
    kind === 'index' ? (live[address] ?? address.slice(address.indexOf('.indexes.') + '.indexes.'.length)) : null;
  return new Map(declaredObjects(schema).map((entry) => [entry.address, { ...entry, live: nameOf(entry) }]));
}

export interface Scene {
  readonly live?: DatabaseState;
  readonly schema: Schema;
  readonly ledger?: ReadonlyMap<string, LedgerEntry>;
  readonly version?: string;
  readonly checkData?: CheckData;
}

export const uuidOf = (name: string): string => `uuid-of-${name}`;

export function uuidsOf({ collections }: DatabaseState): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(collections).map((name) => [name, uuidOf(name)]));
}

export function diffOf({ live = databaseOf({}), schema, ledger, version = '6.0.5', checkData = 'fast' }: Scene): Diff {
  const uuids = uuidsOf(live);
  const given = { observed: live, uuids, building: {}, ledger: ledger ?? new Map() };
  return diffSchema({ ...given, schema, version, checkData });
}

/** One change in one line: `+ c.indexes.a_1`, `~ c.indexes.a_1 a_1 > x swap`, `= c.fields.f`. */
export function lineOf(change: Change): string {
  if (change.kind === 'edit') return `= ${change.address}`;
  if (change.kind === 'restore') return `< ${change.address}`;
  if (change.kind === 'collection') return `${change.after === null ? '-' : '+'} ${change.address}`;
  if (change.kind === 'rename') return `~ ${change.from} > ${change.address}`;
  if (change.kind === 'recreate') return `~ ${change.address} recreate`;
  if (change.kind === 'options') return `~ ${change.address} options`;
  if (change.kind === 'validator') return `${change.after === null ? '-' : '~'} ${change.address}`;
  const { address, before, after, route } = change;
  if (before === null) return after === null ? `? ${address}` : `+ ${address} ${after.name}`;
  return after === null ? `- ${address} ${before.name}` : `~ ${address} ${before.name} > ${after.name} ${route}`;
}

export const everything: Selection = { only: [], exclude: [], milestone: null, through: null };

export interface PlanScene extends Scene {
  readonly selection?: Partial<Selection>;
  readonly documents?: Readonly<Record<string, number>>;
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly allow?: readonly string[];
}

/** The plan for a scene, with the facts that it gives. */
export function planOf(scene: PlanScene): Plan {
  const { live = databaseOf({}), schema, version = '6.0.5', checkData = 'fast', documents = {}, answers = {} } = scene;
  const selection = { ...everything, ...scene.selection };
  const diff = diffOf(scene);
  const changes = selectChanges(diff.changes, selector(selection, schema.milestones), selection);
  const facts = { documents: new Map(Object.entries(documents)), answers: new Map(Object.entries(answers)) };
  return planFrom({ database: 'shop', version, mode: 'transaction', undo: true, facts, changes }, live, {
    desired: fingerprint({ schema, selection }),
    selection,
    checkData,
    allow: scene.allow ?? [],
    ledger: diff.declared,
    release: diff.released.map(({ address }) => address),
    unmanaged: diff.unmanaged,
    unchanged: Math.max(0, diff.declared.length - changes.length),
  });
}

/** The plan for given changes. */
export function planFrom(
  context: PlanContext,
  observed: DatabaseState,
  more: Partial<Parameters<typeof makePlan>[0]> = {},
): Plan {
  return makePlan({
    kind: 'apply',
    tool: 'schemactl test',
    createdAt: '2026-01-31T12:00:00.000Z',
    target: { database: 'shop', server: '6.0.5', topology: 'replicaSet rs0', identity: 'sha256:0' },
    desired: 'sha256:1',
    selection: everything,
    checkData: 'fast',
    allow: [],
    observed,
    uuids: uuidsOf(observed),
    applied: new Map(),
    context,
    sources: new Map(),
    asked: context.changes,
    ledger: [],
    adopt: [],
    release: [],
    reverts: [],
    unmanaged: [],
    unchanged: 0,
    hazards: [],
    notes: [],
    ...more,
  });
}
