import { printable } from '../../state/frame.ts';
import type { IndexDeclaration } from '../../state/types.ts';
import { type Column, oneLine, type Table, typeWord } from './tables.ts';

const escaped = (text: string): string => printable(text).replace(/[\\"]/g, '\\$&');
const name = (text: string): string => `"${escaped(text)}"`;
const note = (text: string): string => `'${oneLine(text).replace(/[\\']/g, '\\$&')}'`;

function column({ name: path, required, unique, description, ...rest }: Column): string {
  const settings = [
    path === '_id' ? 'pk' : unique ? 'unique' : '',
    required && path !== '_id' ? 'not null' : '',
    description === null ? '' : `note: ${note(description)}`,
  ].filter((part) => part !== '');
  return `  ${name(path)} ${typeWord(rest)}${settings.length === 0 ? '' : ` [${settings.join(', ')}]`}`;
}

/** DBML indexes only columns that a table has. */
function index({ key, options, name: given }: IndexDeclaration, columns: ReadonlySet<string>): readonly string[] {
  if (!key.every(([field]) => columns.has(field))) return [];
  const settings = [options['unique'] === true ? 'unique' : '', given === null ? '' : `name: ${note(given)}`].filter(
    Boolean,
  );
  return [
    `    (${key.map(([field]) => name(field)).join(', ')})${settings.length === 0 ? '' : ` [${settings.join(', ')}]`}`,
  ];
}

function table({ name: own, description, columns, indexes }: Table): readonly string[] {
  const id: Column = { name: '_id', types: ['any'], required: true, nullable: false, unique: true, description: null };
  const all = columns.some(({ name: path }) => path === '_id') ? columns : [id, ...columns];
  const names = new Set(all.map(({ name: path }) => path));
  const built = indexes.flatMap((each) => index(each, names));
  return [
    `Table ${name(own)} {`,
    ...all.map(column),
    ...(built.length === 0 ? [] : ['  indexes {', ...built, '  }']),
    ...(description === null ? [] : [`  Note: ${note(description)}`]),
    '}',
    '',
  ];
}

/** DBML refuses a second reference between the same two fields. */
function references(tables: readonly Table[]): readonly string[] {
  const there = new Set(tables.map(({ name: own }) => own));
  const lines = tables.flatMap(({ name: own, links, columns }) =>
    links
      .filter(
        ({ target, field }) => there.has(target.collection) && !(target.collection === own && target.field === field),
      )
      .map(({ field, target }) => {
        const one = columns.find(({ name: path }) => path === field)?.unique === true;
        return `Ref: ${name(own)}.${name(field)} ${one ? '-' : '>'} ${name(target.collection)}.${name(target.field)}`;
      }),
  );
  return [...new Set(lines)];
}

/** Collections and links as DBML, for dbdiagram and the tools that read it. */
export function dbmlText(tables: readonly Table[]): string {
  return `${[...tables.flatMap(table), ...references(tables)].join('\n').trimEnd()}\n`;
}
