import { addressOf, indexName } from '../../../state/address.ts';
import type { CollectionState, IndexDeclaration, IndexState } from '../../../state/types.ts';
import type { NamedIndex } from '../../operation.ts';
import { sameIndex, sameKey, sameSignature } from '../../routes.ts';

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

/** An index inherits the collection's collation unless it names one; the server lists it expanded. */
function expand(declaration: IndexDeclaration, collection: CollectionState | null): IndexState {
  const inherited = collection?.options['collation'];
  const { key, options } = declaration;
  if (inherited === undefined || 'collation' in options) return { key, options };
  return { key, options: { ...options, collation: inherited } };
}

type Rule = (pair: IndexPair, live: NamedIndex) => boolean;

/**
 * Pairs declared with live indexes: by explicit name, by the name the ledger remembers, by equality (which adopts),
 * by generated name and key, by signature. Each rule goes over all declarations before the next, so none is robbed.
 */
export function pairIndexes(
  collection: string,
  declared: readonly IndexDeclaration[],
  state: CollectionState | null,
  options: { readonly version: string; readonly remembered: (address: string) => string | null },
): Pairing {
  const rules: readonly Rule[] = [
    ({ declaration }, live) => declaration.name === live.name,
    ({ address }, live) => options.remembered(address) === live.name,
    ({ generated, wanted }, live) => live.name === generated && sameIndex(wanted, live),
    ({ wanted }, live) => sameIndex(wanted, live),
    ({ generated, wanted }, live) => live.name === generated && sameKey(wanted, live),
    ({ wanted }, live) => sameSignature(wanted, live, options.version),
  ];
  const free = new Map(Object.entries(state?.indexes ?? {}).map(([name, index]) => [name, { name, ...index }]));
  let pairs = declared
    .map((declaration): IndexPair => {
      const generated = indexName(declaration.key);
      const address = addressOf.index(collection, declaration.name ?? generated);
      return { declaration, address, generated, wanted: expand(declaration, state), live: null };
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
