import { addressOf, indexName } from '../../state/address.ts';
import { bodyLines, collectionLines, emitCollectionFile } from '../../state/emit-file.ts';
import { parseSchema } from '../../state/parse.ts';
import type { CollectionDeclaration } from '../../state/types.ts';

/** Something live that the language cannot say. It stays on the server, unmanaged. */
export interface Refused {
  readonly address: string;
  /** One sentence without a full stop. */
  readonly why: string;
  /** How it would be written. */
  readonly yaml: readonly string[];
}

export interface Accepted {
  /** Null where not even the collection itself can be declared. */
  readonly collection: CollectionDeclaration | null;
  readonly refused: readonly Refused[];
}

/** Why the language does not take a declaration; null where it does. */
function problemOf(collection: CollectionDeclaration): string | null {
  const text = emitCollectionFile({ collection, head: [], notes: [] });
  const { schema, diagnostics } = parseSchema([{ path: '', text }]);
  if (schema !== null) return null;
  const found = diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'it is not valid';
  return found.replace(/ \(first at [^)]*\)$/, '');
}

/** What makes a collection a view or a time series: without it, the rest would declare something else. */
const essential: readonly string[] = ['viewOn', 'pipeline', 'timeseries'];

/** What a capped collection has with `capped`, and no other. */
const sizes: readonly string[] = ['size', 'max'];

interface Part {
  readonly address: string;
  readonly addTo: (to: CollectionDeclaration) => CollectionDeclaration;
}

function partsOf({ name, options, validation, indexes }: CollectionDeclaration): readonly Part[] {
  const optional = Object.entries(options).filter(([option]) => !essential.includes(option) && !sizes.includes(option));
  const sized = Object.entries(options).filter(([option]) => sizes.includes(option));
  return [
    ...optional.map(
      ([option, value]): Part => ({
        address: `${addressOf.collection(name)}.options.${option}`,
        addTo: (to) => ({
          ...to,
          options: { ...to.options, [option]: value, ...(option === 'capped' ? Object.fromEntries(sized) : {}) },
        }),
      }),
    ),
    ...(validation === null
      ? []
      : [{ address: addressOf.validator(name), addTo: (to: CollectionDeclaration) => ({ ...to, validation }) }]),
    ...indexes.map(
      (index): Part => ({
        address: addressOf.index(name, index.name ?? indexName(index.key)),
        addTo: (to) => ({ ...to, indexes: [...to.indexes, index] }),
      }),
    ),
  ];
}

/** As much of a declaration as the language takes, in its order; an index, an option, a validator is taken whole or not at all. */
export function acceptDeclaration(declaration: CollectionDeclaration): Accepted {
  if (problemOf(declaration) === null) return { collection: declaration, refused: [] };
  const kept = Object.entries(declaration.options).filter(([option]) => essential.includes(option));
  const nothing = { ...declaration, options: {}, validation: null, indexes: [] };
  const bare = { ...nothing, options: Object.fromEntries(kept) };
  const problem = problemOf(bare);
  if (problem !== null) {
    const address = addressOf.collection(declaration.name);
    return { collection: null, refused: [{ address, why: problem, yaml: collectionLines(declaration) }] };
  }
  const refused: Refused[] = [];
  let collection: CollectionDeclaration = bare;
  for (const { address, addTo } of partsOf(declaration)) {
    const next = addTo(collection);
    const why = problemOf(next);
    if (why === null) collection = next;
    else refused.push({ address, why, yaml: bodyLines(addTo(nothing)) });
  }
  return { collection, refused };
}
