import { docOf, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Action } from '../../contract.ts';
import type { AssertOperation, CommandOperation, NamedIndex, Operation } from '../../operation.ts';
import { creationOf, documentsOf, dropKey, type Family, isDropped, pointer } from '../family.ts';
import { coverOf } from './cover.ts';
import { mayShareKeys, indexHazards, indexNotes, indexQuestions, indexReversal, indexViolations } from './dangers.ts';
import { collationOf, duplicateScreens, duplicatesPipeline, fillingChanges } from './duplicates.ts';
import { differingOptions } from './canonical.ts';
import { optionRow } from './options.ts';
import { createIndexes, dropIndexes } from './spec.ts';

type IndexChange = ChangeOf<'index'>;
type Values = readonly (readonly [option: string, value: Value])[];

function actionOf(change: IndexChange): Action {
  if (change.before === null) return 'create';
  if (change.after === null) return 'delete';
  return change.route === 'in-place' ? 'update' : 'replace';
}

const kinds: Readonly<Record<Action, string>> = {
  create: 'createIndex',
  delete: 'dropIndex',
  update: 'collMod',
  replace: 'replaceIndex',
  write: 'replaceIndex',
};

function build(collection: string, indexes: readonly NamedIndex[]): CommandOperation {
  return {
    kind: 'command',
    on: 'database',
    body: createIndexes(collection, indexes),
    done: { kind: 'indexes-present', collection, indexes },
  };
}

function drop(collection: string, names: readonly string[]): CommandOperation {
  return {
    kind: 'command',
    on: 'database',
    body: dropIndexes(collection, names),
    done: { kind: 'indexes-absent', collection, names },
  };
}

function modify(collection: string, { name, key, options }: NamedIndex, values: Values): CommandOperation {
  const kept = Object.entries(options).filter(([option]) => !values.some(([changed]) => changed === option));
  const set = values.filter(([option, value]) => value !== optionRow(option).absent);
  return {
    kind: 'command',
    on: 'database',
    body: docOf({ collMod: collection, index: new Map<string, Value>([['name', name], ...values]) }),
    done: {
      kind: 'indexes-present',
      collection,
      indexes: [{ name, key, options: Object.fromEntries([...kept, ...set]) }],
    },
  };
}

/**
 * collMod takes several properties of an index at once, but prepareUnique and unique alone, one after the other: from
 * the first on no duplicate can enter (6.0), so what is looked at between the two holds.
 */
function convert(change: IndexChange, before: NamedIndex, after: NamedIndex): readonly Operation[] {
  const { collection } = change;
  const names = differingOptions(before, after);
  const valueOf = (name: string): readonly [string, Value] => [name, after.options[name] ?? optionRow(name).absent];
  const plain = names.filter((name) => name !== 'unique' && name !== 'prepareUnique').map(valueOf);
  const own: Operation[] = plain.length === 0 ? [] : [modify(collection, before, plain)];
  const same = { ...before, options: { ...after.options, ...only(before, 'unique', 'prepareUnique') } };
  if (!mayShareKeys(change)) {
    return names.includes('prepareUnique') ? [...own, modify(collection, same, [valueOf('prepareUnique')])] : own;
  }
  const prepared = { ...same, options: { ...same.options, prepareUnique: true } };
  const unique = modify(collection, prepared, [['unique', true]]);
  const wasPrepared = before.options['prepareUnique'] === true;
  return [
    ...own,
    modify(collection, same, [['prepareUnique', true]]),
    {
      ...assertUnique(change),
      otherwise: wasPrepared ? null : modify(collection, prepared, [['prepareUnique', false]]),
    },
    { ...unique, done: { kind: 'indexes-present', collection, indexes: [after] } },
  ];
}

/** Those of the named options that an index has. */
function only({ options }: NamedIndex, ...names: readonly string[]): NamedIndex['options'] {
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}

function replace(change: IndexChange, before: NamedIndex, after: NamedIndex): readonly Operation[] {
  const { collection, route, bridge } = change;
  const made = build(collection, [after]);
  const dropped = drop(collection, [before.name]);
  if (route === 'in-place') return convert(change, before, after);
  if (bridge !== null) return [build(collection, [bridge]), dropped, made, drop(collection, [bridge.name])];
  return route === 'swap' ? [made, dropped] : [dropped, made];
}

function assertUnique(change: IndexChange & { readonly after: NamedIndex }): AssertOperation {
  return {
    kind: 'assert',
    collection: change.collection,
    address: change.address,
    code: 'duplicate',
    approved: null,
    pipeline: duplicatesPipeline(change.after),
    screens: duplicateScreens(change.after),
    collation: collationOf(change.after),
    otherwise: null,
  };
}

/** New indexes of one collection are one createIndexes: one scan, one builder, aborted as a unit. */
function lower(changes: readonly IndexChange[]): readonly Operation[] {
  const collection = changes[0]?.collection ?? '';
  const asserts = changes.filter(mayShareKeys).map(assertUnique);
  const created = changes.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []));
  const dropped = changes.flatMap(({ before, after }) => (after === null && before !== null ? [before.name] : []));
  const replaced = changes.flatMap((change) =>
    change.before !== null && change.after !== null ? replace(change, change.before, change.after) : [],
  );
  return [
    ...asserts,
    ...replaced,
    ...(created.length === 0 ? [] : [build(collection, created)]),
    ...(dropped.length === 0 ? [] : [drop(collection, dropped)]),
  ];
}

const isOwnDrop = (change: IndexChange, others: readonly Change[]): boolean =>
  change.after === null && isDropped(change.collection, others);

/** Where a TTL change becomes a `collMod`: `options.ts` says so in its row, `routes.ts` chooses, `modify` above sends it. */
export const indexFamily: Family<IndexChange> = {
  needs(change, others) {
    const before = [...creationOf(change.collection, others), ...coverOf(change, others).first];
    return mayShareKeys(change)
      ? [...before, ...fillingChanges(change.after, change.collection, others), ...restoring(change, others)]
      : before;
  },

  questions: indexQuestions,

  review(change, context) {
    const action = actionOf(change);
    const documents = documentsOf(change.collection, context.facts);
    const built = action === 'create' || action === 'replace';
    return {
      action,
      kind: kinds[action],
      route: action === 'update' || action === 'replace' ? change.route : null,
      before: change.before,
      after: change.after,
      hazards: isOwnDrop(change, context.changes) ? [] : indexHazards(change, context),
      violations: indexViolations(change, context),
      notes: indexNotes(change),
      estimate: built ? { documents, exact: true, bytes: 0 } : null,
      reversal: indexReversal(change, context),
    };
  },

  patch(change) {
    const path = (index: NamedIndex): string => pointer('collections', change.collection, 'indexes', index.name);
    const { before, after } = change;
    const value = after === null ? null : { key: after.key, options: after.options };
    return [
      ...(before !== null && before.name !== after?.name ? [{ op: 'remove' as const, path: path(before) }] : []),
      ...(after === null
        ? []
        : [{ op: before?.name === after.name ? ('replace' as const) : ('add' as const), path: path(after), value }]),
    ];
  },

  unitKey(change, others) {
    if (isOwnDrop(change, others)) return dropKey(change.collection);
    const batch = `${change.collection} ${change.milestone ?? ''}`;
    if (change.before === null) return `build ${batch}`;
    return change.after === null ? `unbuild ${batch}` : `change ${change.address}`;
  },

  lower: (changes, { changes: all }) =>
    lower(changes.map(({ change }) => change).filter((change) => !isOwnDrop(change, all))),
};

function restoring(change: IndexChange & { readonly after: NamedIndex }, others: readonly Change[]): readonly Change[] {
  return others.filter((other) => other.kind === 'restore' && other.collection === change.collection);
}
