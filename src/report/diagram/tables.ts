import { printable } from '../../state/frame.ts';
import type { CollectionDeclaration, FieldDeclaration, LinkDeclaration, Schema } from '../../state/types.ts';

export interface Column {
  /** Its path from the document; array items add nothing. */
  readonly name: string;
  readonly types: readonly string[];
  readonly required: boolean;
  readonly nullable: boolean;
  readonly unique: boolean;
  readonly description: string | null;
}

/** A collection as a table: what every kind of diagram is made of. */
export interface Table {
  readonly name: string;
  readonly description: string | null;
  readonly columns: readonly Column[];
  readonly links: readonly LinkDeclaration[];
  readonly indexes: CollectionDeclaration['indexes'];
}

function fieldsWithin(
  fields: readonly FieldDeclaration[],
  path: string,
): readonly (readonly [string, FieldDeclaration])[] {
  return fields.flatMap((field) => {
    const name = path === '' ? field.name : `${path}.${field.name}`;
    const items = field.items === null ? [] : field.items.fields;
    return [[name, field] as const, ...fieldsWithin([...field.fields, ...items], name)];
  });
}

/** Fields that alone are the key of a unique index. */
function uniqueIn({ indexes }: CollectionDeclaration): ReadonlySet<string> {
  const single = indexes.filter(
    ({ key, options, absent }) => !absent && key.length === 1 && options['unique'] === true,
  );
  return new Set(single.map(({ key }) => key[0]?.[0] ?? ''));
}

function columnsOf(collection: CollectionDeclaration, needed: readonly string[]): readonly Column[] {
  const unique = uniqueIn(collection);
  const columns = new Map<string, Column>();
  for (const [name, field] of fieldsWithin(collection.fields, '')) {
    if (field.absent || columns.has(name)) continue;
    const { types, required, nullable, description } = field;
    columns.set(name, { name, types, required, nullable, unique: unique.has(name), description });
  }
  for (const name of needed) {
    if (columns.has(name)) continue;
    const unknown = { types: ['any'], required: false, nullable: true, description: null };
    columns.set(name, { name, ...unknown, unique: unique.has(name) || name === '_id' });
  }
  return [...columns.values()];
}

/** What a schema declares as tables and links; each field that a link uses is there. */
export function tablesOf({ collections }: Schema): readonly Table[] {
  const there = collections.filter(({ absent }) => !absent);
  const targets = there.flatMap(({ links }) => links.map(({ target }) => target));
  return there.map((collection) => {
    const { name, description, links, indexes } = collection;
    const pointedAt = targets.filter((target) => target.collection === name).map(({ field }) => field);
    const columns = columnsOf(collection, [...links.map(({ field }) => field), ...pointedAt]);
    return { name, description, columns, links, indexes: indexes.filter((index) => !index.absent) };
  });
}

/** `string or null` in a word that every language takes. */
export const typeWord = ({ types }: Pick<Column, 'types'>): string => (types.length === 0 ? 'any' : types.join('_or_'));

/** One line of a description. */
export const oneLine = (text: string): string => printable(text.replaceAll(/\s+/g, ' ').trim());
