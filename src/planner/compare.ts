import { addressOf } from '../state/address.ts';
import { canonicalValidator } from '../state/canonical/validator.ts';
import { canonical } from '../state/encode.ts';
import type { CollectionState, IndexState } from '../state/types.ts';
import type { Doc, Value } from '../state/value.ts';
import { allNames, differingCollectionOptions } from './families/collections/options.ts';
import { differingOptions, sameIndex, sameKey } from './families/indexes/canonical.ts';
import { sameValidator } from './families/validators/validator.ts';
import type { NamedIndex } from './operation.ts';
import type { Structure } from './structure.ts';

/** One part of an object that differs; undefined: it is not there. */
export interface Part {
  readonly name: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** One object in which two structures differ. */
export interface Difference {
  readonly address: string;
  readonly collection: string;
  readonly kind: 'collection' | 'options' | 'validator' | 'index';
  /** Added: only in b; removed: only in a. */
  readonly change: 'added' | 'removed' | 'changed';
  /** Of a changed object, sorted by name. */
  readonly parts: readonly Part[];
  readonly a: unknown;
  readonly b: unknown;
}

type Options = Readonly<Record<string, Value>>;

const partsOf = (
  names: readonly string[],
  a: (name: string) => unknown,
  b: (name: string) => unknown,
): readonly Part[] => [...new Set(names)].sort().map((name) => ({ name, a: a(name), b: b(name) }));

function difference(
  at: Pick<Difference, 'address' | 'collection' | 'kind'>,
  a: unknown,
  b: unknown,
  parts: readonly Part[],
): Difference {
  const change = a === null ? 'added' : b === null ? 'removed' : 'changed';
  return { ...at, change, parts: change === 'changed' ? parts : [], a, b };
}

export function compareOptions(collection: string, a: Options, b: Options): readonly Difference[] {
  const names = differingCollectionOptions(a, b, allNames(a, b));
  if (names.length === 0) return [];
  const at = { address: addressOf.collection(collection), collection, kind: 'options' } as const;
  const parts = partsOf(
    names,
    (name) => a[name],
    (name) => b[name],
  );
  return [difference(at, a, b, parts)];
}

export function compareValidators(collection: string, a: Doc | null, b: Doc | null): readonly Difference[] {
  if (sameValidator(a, b)) return [];
  const at = { address: addressOf.validator(collection), collection, kind: 'validator' } as const;
  if (a === null || b === null) return [difference(at, a, b, [])];
  const [left, right] = [canonicalValidator(a), canonicalValidator(b)];
  const names = ['rule', 'level', 'action'].filter(
    (name) => canonical(left?.get(name)) !== canonical(right?.get(name)),
  );
  const parts = partsOf(
    names,
    (name) => a.get(name),
    (name) => b.get(name),
  );
  return [difference(at, a, b, parts)];
}

const stateOf = ({ key, options }: IndexState): IndexState => ({ key, options });

export function compareIndex(collection: string, a: NamedIndex | null, b: NamedIndex | null): readonly Difference[] {
  const at = { address: addressOf.index(collection, (a ?? b)?.name ?? ''), collection, kind: 'index' } as const;
  if (a === null || b === null) return [difference(at, a && stateOf(a), b && stateOf(b), [])];
  if (sameIndex(a, b)) return [];
  const key = sameKey(a, b) ? [] : [{ name: 'key', a: new Map(a.key), b: new Map(b.key) }];
  const options = partsOf(
    differingOptions(a, b),
    (name) => a.options[name],
    (name) => b.options[name],
  );
  return [difference(at, stateOf(a), stateOf(b), [...key, ...options])];
}

type Names = (index: string) => boolean;

/** Pairs by name, then by equality where one side's name was given by nobody. */
function compareIndexes(
  collection: string,
  a: CollectionState,
  b: CollectionState,
  isNamed: { readonly a: Names; readonly b: Names },
): readonly Difference[] {
  const named = (state: CollectionState): NamedIndex[] =>
    Object.entries(state.indexes).map(([name, index]) => ({ name, ...index }));
  const rest = new Map(named(b).map((index) => [index.name, index]));
  const take = (found: NamedIndex | undefined): NamedIndex | null => {
    if (found !== undefined) rest.delete(found.name);
    return found ?? null;
  };
  const rules: readonly ((one: NamedIndex, other: NamedIndex) => boolean)[] = [
    (one, other) => one.name === other.name && sameIndex(one, other),
    (one, other) => !(isNamed.a(one.name) && isNamed.b(other.name)) && sameIndex(one, other),
    (one, other) => one.name === other.name,
  ];
  let pairs = named(a).map((one): readonly [NamedIndex, NamedIndex | null] => [one, null]);
  for (const rule of rules) {
    pairs = pairs.map(([one, other]) => [one, other ?? take([...rest.values()].find((each) => rule(one, each)))]);
  }
  return [
    ...pairs.flatMap(([one, other]) => compareIndex(collection, one, other)),
    ...[...rest.values()].flatMap((other) => compareIndex(collection, null, other)),
  ];
}

function compareWithin(
  collection: string,
  a: CollectionState,
  b: CollectionState,
  sides: readonly [Structure, Structure],
): readonly Difference[] {
  if (a.type !== b.type) {
    const at = { address: addressOf.collection(collection), collection, kind: 'collection' } as const;
    return [difference(at, a, b, [{ name: 'type', a: a.type, b: b.type }])];
  }
  const [of, to] = sides;
  const isNamed = {
    a: (index: string): boolean => of.isNamed(collection, index),
    b: (index: string): boolean => to.isNamed(collection, index),
  };
  const indexes = compareIndexes(collection, a, b, isNamed);
  return [
    ...compareOptions(collection, a.options, b.options),
    ...compareValidators(collection, a.validator, b.validator),
    ...[...indexes].sort((one, other) => (one.address < other.address ? -1 : 1)),
  ];
}

/**
 * In what two structures differ, collections by name, each whole where only one side has it. The comparison is the
 * planner's own: what a server fills in or orders otherwise is no difference. Pure.
 */
export function compareStructures(a: Structure, b: Structure): readonly Difference[] {
  const [left, right] = [a.state.collections, b.state.collections];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return names.flatMap((collection) => {
    const [one, other] = [left[collection] ?? null, right[collection] ?? null];
    if (one !== null && other !== null) return compareWithin(collection, one, other, [a, b]);
    const at = { address: addressOf.collection(collection), collection, kind: 'collection' } as const;
    return [difference(at, one, other, [])];
  });
}
