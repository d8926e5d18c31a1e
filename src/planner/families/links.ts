import { addressOf } from '../../state/address.ts';
import type { CollectionDeclaration, DatabaseState, LinkDeclaration, Schema } from '../../state/types.ts';
import type { Note } from '../contract.ts';
import { servesLookup } from './indexes/serves.ts';

/** Whether some index, declared or live, begins with the field, so that looking a value up is no scan. */
function isSupported(field: string, declaration: CollectionDeclaration, observed: DatabaseState): boolean {
  const live = Object.values(observed.collections[declaration.name]?.indexes ?? {});
  const declared = declaration.indexes.filter(({ absent }) => !absent);
  return field === '_id' || [...declared, ...live].some((index) => servesLookup(index, field));
}

/** The field by which a link that is filled finds its matches, where no index supports any of those that it compares. */
function searched(
  { populate }: LinkDeclaration,
  target: CollectionDeclaration,
  observed: DatabaseState,
): readonly string[] {
  const others = (populate?.match ?? []).map(([, other]) => other);
  return others.some((field) => isSupported(field, target, observed)) ? [] : others.slice(0, 1);
}

/** Advice on new links: each field that one starts from, leads to or searches, and that no index supports, once. */
export function linkNotes(
  schema: Schema,
  observed: DatabaseState,
  isNew: (address: string) => boolean,
): readonly Note[] {
  const byName = new Map(schema.collections.map((declaration) => [declaration.name, declaration]));
  const links = schema.collections
    .flatMap((declaration) => declaration.links.map((link) => ({ declaration, link })))
    .filter(({ declaration, link }) => isNew(addressOf.link(declaration.name, link.name)));
  const missing = new Map<string, { address: string; links: Set<string> }>();
  for (const { declaration, link } of links) {
    const target = byName.get(link.target.collection);
    const ends = [
      { declaration, field: link.field },
      ...(target === undefined
        ? []
        : [link.target.field, ...searched(link, target, observed)].map((field) => ({ declaration: target, field }))),
    ];
    for (const end of ends.filter(({ field, declaration: of }) => !isSupported(field, of, observed))) {
      const address = addressOf.field(end.declaration.name, end.field.split('.'));
      const found = missing.get(address) ?? { address, links: new Set() };
      found.links.add(addressOf.link(declaration.name, link.name));
      missing.set(address, found);
    }
  }
  return [...missing.values()].map(({ address, links: names }) => ({
    code: 'missing-support-index',
    address,
    message: `no index; ${names.size === 1 ? 'a link scans' : `${names.size} links scan`} for it`,
  }));
}
