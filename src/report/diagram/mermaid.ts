import { printable } from '../../state/frame.ts';
import { type Column, type Table, typeWord } from './tables.ts';

/** Mermaid refuses longer texts ("maxTextSize"). */
const mermaidLimit = 50_000;

/** Text as Mermaid shows it back: whatever could be syntax, a directive or markup is an entity. */
const shown = (text: string): string =>
  printable(text).replace(/[^\p{L}\p{N} _.,()-]/gu, (found) => `#${found.codePointAt(0) ?? 32};`);

/** Names of attributes take few characters; where one had to give way, its comment tells the name. */
const plainName = (name: string): string => {
  const kept = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(kept) ? kept : `_${kept}`;
};

function attribute(column: Column, isForeign: boolean): string {
  const { name, required, unique } = column;
  const plain = plainName(name);
  const key = [name === '_id' ? 'PK' : unique ? 'UK' : '', isForeign ? 'FK' : '']
    .filter((part) => part !== '')
    .join(', ');
  const said = [plain === name ? '' : shown(name), required ? 'required' : ''].filter((part) => part !== '').join(', ');
  return `    ${typeWord(column)} ${plain}${key === '' ? '' : ` ${key}`}${said === '' ? '' : ` "${said}"`}`;
}

function entity(
  { name, columns, links }: Table,
  at: number,
  shownColumns: (column: Column, isForeign: boolean) => boolean,
) {
  const foreign = new Set(links.map(({ field }) => field));
  const lines = columns
    .filter((column) => shownColumns(column, foreign.has(column.name)))
    .map((column) => attribute(column, foreign.has(column.name)));
  const head = `  c${at}["${shown(name)}"]`;
  return lines.length === 0 ? [head] : [`${head} {`, ...lines, '  }'];
}

/** A link from the many that refer to the one; the far side may be missing where the reference may. */
function relations(tables: readonly Table[]): readonly string[] {
  const places = new Map(tables.map(({ name }, at) => [name, at]));
  return tables.flatMap(({ links, columns }, at) =>
    links.flatMap(({ name, field, target, optional }) => {
      const to = places.get(target.collection);
      if (to === undefined) return [];
      const one = columns.find((column) => column.name === field)?.unique === true;
      return [
        `  c${at} ${one ? '|o' : '}o'}--${optional ? 'o|' : '||'} c${to} : "${shown(name === field ? name : `${name} (${field})`)}"`,
      ];
    }),
  );
}

/** What is drawn of the fields: those of links and unique indexes are `keys`. */
export interface MermaidDiagram {
  readonly text: string;
  readonly fields: 'all' | 'keys' | 'none';
  /** Whether Mermaid takes it. */
  readonly fits: boolean;
}

/**
 * Collections and links as a Mermaid entity-relationship diagram. A schema too large for Mermaid is drawn with the fields
 * of its links and unique indexes only, then without fields; where that too is too large, it says so.
 */
export function mermaidDiagram(tables: readonly Table[]): MermaidDiagram {
  const links = relations(tables);
  const draw = (shownColumns: (column: Column, isForeign: boolean) => boolean): string =>
    `${['erDiagram', ...tables.flatMap((table, at) => entity(table, at, shownColumns)), ...links].join('\n')}\n`;
  const fits = (text: string): boolean => text.length < mermaidLimit;
  const whole = draw(() => true);
  if (fits(whole)) return { text: whole, fields: 'all', fits: true };
  const keys = draw((column, isForeign) => isForeign || column.unique);
  if (fits(keys)) return { text: keys, fields: 'keys', fits: true };
  const bare = draw(() => false);
  return { text: bare, fields: 'none', fits: fits(bare) };
}
