import { addressOf, indexName } from '../../../state/address.ts';
import { simpleCollation } from '../../../state/canonical/collation.ts';
import type { IndexDeclaration, IndexState } from '../../../state/types.ts';
import type { Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { sameIndex, sameKey, sameSignature } from './canonical.ts';
import { isSwapped } from './names.ts';

/** A declared index beside the live one that stands for it. */
export interface IndexPair {
  readonly declaration: IndexDeclaration;
  readonly address: string;
  readonly generated: string;
  /** What the server would list for the declaration: what it inherits from the collection filled in. */
  readonly wanted: IndexState;
  readonly live: NamedIndex | null;
}

export interface Pairing {
  readonly pairs: readonly IndexPair[];
  /** Live indexes that no declaration stands for. */
  readonly rest: readonly NamedIndex[];
}

/** Kinds that take no collation: beside a default of the collection they must be declared simple (67). */
const withoutCollation: readonly Value[] = ['text', '2d'];

/** An index inherits the collection's collation unless it names one; the server lists it expanded. */
export function withInherited({ key, options }: IndexState, collation: Value | undefined): IndexState {
  if (collation === undefined || 'collation' in options) return { key, options };
  const inherits = key.every(([, direction]) => !withoutCollation.includes(direction));
  return { key, options: { ...options, collation: inherits ? collation : simpleCollation } };
}

type Rule = (pair: IndexPair, live: NamedIndex) => boolean;

export interface Sides {
  readonly collection: string;
  readonly indexes: readonly IndexDeclaration[];
  readonly live: readonly NamedIndex[];
}

export interface PairOptions {
  readonly version: string;
  /** What indexes of this collection inherit. */
  readonly collation: Value | undefined;
  readonly remembered: (address: string) => string | null;
}

/**
 * Whether a live index goes on as the declaration, though another one takes its name: it is of its key, as no other live
 * index is, and nothing stands under the declaration's own name, or that gives way in turn.
 */
function goesOnAs(
  { declaration: { name }, wanted }: IndexPair,
  index: NamedIndex,
  sides: { readonly pairs: readonly IndexPair[]; readonly live: readonly NamedIndex[] },
  seen: readonly NamedIndex[],
): boolean {
  const { pairs, live } = sides;
  if (!sameKey(wanted, index) || live.some((one) => one !== index && sameKey(wanted, one))) return false;
  const own = live.find((one) => one.name === name);
  return own === undefined || (!seen.includes(own) && pairs.some((pair) => goesOnAs(pair, own, sides, [...seen, own])));
}

/**
 * Pairs declared with live indexes: by explicit name, by the name that a swap gives, by the name the ledger remembers,
 * by equality (which adopts), by generated name and key, by signature. Each rule goes over all declarations before the next, so none is robbed.
 * A name gives way where it moves to another key while a declaration takes the old key over: the key stays covered then.
 */
export function pairIndexes({ collection, indexes, live: all }: Sides, options: PairOptions): Pairing {
  const keepsName = ({ wanted }: IndexPair, live: NamedIndex): boolean =>
    sameKey(wanted, live) || !pairs.some((pair) => goesOnAs(pair, live, { pairs, live: all }, [live]));
  const rules: readonly Rule[] = [
    (pair, live) => pair.declaration.name === live.name && keepsName(pair, live),
    ({ generated, wanted }, live) => isSwapped(generated, wanted, live.name) && sameIndex(wanted, live),
    (pair, live) => options.remembered(pair.address) === live.name && keepsName(pair, live),
    ({ generated, wanted }, live) => live.name === generated && sameIndex(wanted, live),
    ({ wanted }, live) => sameIndex(wanted, live),
    ({ generated, wanted }, live) => live.name === generated && sameKey(wanted, live),
    ({ wanted }, live) => sameSignature(wanted, live, options.version),
    ({ declaration, wanted }, live) =>
      sameKey(wanted, live) &&
      pairs.some(({ declaration: { name } }) => name === live.name && name !== declaration.name),
  ];
  const free = new Map(all.map((index) => [index.name, index]));
  let pairs = indexes
    .map((declaration): IndexPair => {
      const generated = indexName(declaration.key);
      const address = addressOf.index(collection, declaration.name ?? generated);
      return { declaration, address, generated, wanted: withInherited(declaration, options.collation), live: null };
    })
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  for (const rule of rules) {
    pairs = pairs.map((pair) => {
      if (pair.live !== null) return pair;
      const live = [...free.values()].find((candidate) => rule(pair, candidate)) ?? null;
      if (live !== null) free.delete(live.name);
      return { ...pair, live };
    });
  }
  return { pairs, rest: [...free.values()] };
}
