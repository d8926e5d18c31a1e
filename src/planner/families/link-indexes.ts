import { addressOf, indexName } from '../../state/address.ts';
import type {
  CollectionDeclaration,
  DatabaseState,
  IndexDeclaration,
  LinkDeclaration,
  Schema,
} from '../../state/types.ts';
import { int } from '../../state/value.ts';
import type { LedgerEntry } from '../contract.ts';
import { servesLookup } from './indexes/serves.ts';

const implied = ({ field, milestone }: LinkDeclaration): IndexDeclaration => ({
  key: [[field, int(1)]],
  options: {},
  name: null,
  milestone,
  absent: false,
});

/** What the indexes of links depend on: what is there, and what was applied. */
interface Known {
  readonly observed: DatabaseState;
  readonly ledger: ReadonlyMap<string, Pick<LedgerEntry, 'address'>>;
}

function withIndexes(declaration: CollectionDeclaration, { observed, ledger }: Known): CollectionDeclaration {
  const { name, links, indexes } = declaration;
  const live = Object.values(observed.collections[name]?.indexes ?? {});
  const wanted = new Map(links.filter(({ index }) => index).map((link) => [link.field, link]));
  const added = [...wanted.values()].filter(({ field }) => {
    if (field === '_id' || indexes.some((index) => !index.absent && servesLookup(index, field))) return false;
    const isOurs = ledger.has(addressOf.index(name, indexName([[field, int(1)]])));
    return isOurs || !live.some((index) => index.key.length > 1 && servesLookup(index, field));
  });
  return added.length === 0 ? declaration : { ...declaration, indexes: [...indexes, ...added.map(implied)] };
}

/** The schema with the indexes that `index: true` of links asks for: where no other index, declared or live, begins with the field. */
export function withLinkIndexes(schema: Schema, known: Known): Schema {
  if (!schema.collections.some(({ links }) => links.some(({ index }) => index))) return schema;
  return { ...schema, collections: schema.collections.map((declaration) => withIndexes(declaration, known)) };
}
