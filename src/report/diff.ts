import stringWidth from 'string-width';
import type { Difference, Part } from '../planner/compare.ts';
import { optionWords } from '../planner/families/collections/options.ts';
import { encode } from '../state/encode.ts';
import { printable } from '../state/frame.ts';
import type { CollectionState, IndexState } from '../state/types.ts';
import type { Value } from '../state/value.ts';
import { grouped, plural } from '../state/words.ts';
import { pad, paragraph } from './format.ts';
import { indexWords } from './step.ts';
import type { Theme } from './theme.ts';
import { showValue } from '../state/show.ts';

/** One of the two that were compared. */
export interface ComparedSide {
  readonly kind: 'schema' | 'snapshot' | 'live';
  /** The path of a schema or a file, the name of a database. */
  readonly name: string;
  /** The same as a person reads it: `shop on rs0 (MongoDB 6.0.5)`. */
  readonly text: string;
}

export interface Compared {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly differences: readonly Difference[];
  /** Collections that both have, and all is the same in them. */
  readonly same: number;
}

const width = 80;
const inset = 16;
const nameWidth = 31;
const longest = 56;
const symbols = { added: '+', removed: '-', changed: '~' } as const;
const types = { collection: 'collection', view: 'view', timeseries: 'time series' } as const;

function shown(value: unknown): string | null {
  if (value === undefined) return 'none';
  const text = showValue(value as Value);
  return text.length > longest ? null : text;
}

function partWords({ name, a, b }: Part): string {
  const [from, to] = [shown(a), shown(b)];
  return from === null || to === null ? `${name} differs` : `${name}: ${from} → ${to}`;
}

const worded = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

/** What stands in something that only one side has. */
function wholeWords({ kind, a, b }: Difference): string {
  if (kind === 'index') {
    const index = (a ?? b) as IndexState;
    return worded(showValue(new Map(index.key)), indexWords(index));
  }
  if (kind !== 'collection') return '';
  const { indexes, validator, options } = (a ?? b) as CollectionState;
  const count = Object.keys(indexes).length;
  const held = count === 0 ? '' : plural(count, 'index', 'indexes');
  return worded(optionWords(options), validator === null ? '' : 'a validator', held);
}

/** Options that have words of their own are told in them, before and after; where these tell no difference, by name. */
function optionDetails(parts: readonly Part[]): readonly string[] {
  const wordsOf = (value: unknown, name: string): string =>
    value === undefined ? '' : optionWords({ [name]: value as Value });
  const told = parts.filter(({ name, a, b }) => wordsOf(a, name) !== wordsOf(b, name));
  const words = (side: 'a' | 'b'): string => worded(...told.map((part) => wordsOf(part[side], part.name))) || 'none';
  const others = parts.filter((part) => !told.includes(part)).map(({ name }) => `${name} differs`);
  return [...(told.length === 0 ? [] : [`${words('a')} → ${words('b')}`]), ...others];
}

/** In what the two sides of an object differ, in words. */
export function detailsOf(difference: Difference): readonly string[] {
  const { change, kind, parts } = difference;
  if (change !== 'changed') return [wholeWords(difference)].filter((words) => words !== '');
  return kind === 'options' ? optionDetails(parts) : parts.map(partWords);
}

function nounOf({ kind, a, b }: Difference): string {
  return kind === 'collection' ? types[((b ?? a) as CollectionState).type] : kind;
}

function nameOf({ kind, address, collection }: Difference): string {
  if (kind === 'collection') return printable(collection);
  return kind === 'index' ? printable(address.slice(address.indexOf('.indexes.') + '.indexes.'.length)) : '';
}

/** One line where all fits, else what differs stands below the name. */
function lines(difference: Difference, theme: Theme): readonly string[] {
  const name = nameOf(difference);
  const details = detailsOf(difference);
  const lead = pad(`  ${symbols[difference.change]} ${nounOf(difference)}`, inset);
  const head = name === '' ? lead : `${lead}${pad(name, nameWidth)} `;
  const [only = ''] = details;
  if (details.length <= 1 && stringWidth(head + only) <= width) return [`${head}${theme.dim(only)}`.trimEnd()];
  const below = details.flatMap((detail) => paragraph(detail, width - inset, '  '));
  return [`${lead}${name}`.trimEnd(), ...below.map((line) => ' '.repeat(inset) + theme.dim(line))];
}

function summaryOf(differences: readonly Difference[]): Readonly<Record<Difference['change'], number>> {
  const count = (change: Difference['change']): number => differences.filter((each) => each.change === change).length;
  return { added: count('added'), removed: count('removed'), changed: count('changed') };
}

function counts(differences: readonly Difference[]): string {
  const { added, removed, changed } = summaryOf(differences);
  const parts = [
    removed === 0 ? '' : `${grouped(removed)} only in A (-)`,
    added === 0 ? '' : `${grouped(added)} only in B (+)`,
    changed === 0 ? '' : `${grouped(changed)} changed (~)`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** In what two structures differ, collection by collection. Ends with a line break. */
export function diffText({ a, b, differences, same }: Compared, theme: Theme): string {
  const sides = [`  A  ${printable(a.text)}`, `  B  ${printable(b.text)}`];
  if (differences.length === 0) {
    const what = `The same structure: ${plural(same, 'collection')}.`;
    return [theme.bold('schemactl diff'), ...sides, '', what, ''].join('\n');
  }
  const whole = differences.filter(({ kind }) => kind === 'collection');
  const within = differences.filter(({ kind }) => kind !== 'collection');
  const blocks = [...new Set(within.map(({ collection }) => collection))].flatMap((collection) => [
    theme.bold(printable(collection)),
    ...within.filter((each) => each.collection === collection).flatMap((each) => lines(each, theme)),
    '',
  ]);
  return [
    theme.bold('schemactl diff'),
    ...sides,
    '',
    ...whole.flatMap((each) => lines(each, theme)),
    ...(whole.length === 0 ? [] : ['']),
    ...blocks,
    ...(same === 0 ? [] : [`  = ${plural(same, 'collection')} the same`, '']),
    `${theme.bold(plural(differences.length, 'difference'))}: ${counts(differences)}.`,
    '',
  ].join('\n');
}

export function diffJson({ a, b, differences }: Compared): string {
  const side = ({ kind, name }: ComparedSide): object => ({ kind, name });
  return `${JSON.stringify({
    formatVersion: 1,
    a: side(a),
    b: side(b),
    summary: summaryOf(differences),
    differences: differences.map(({ address, kind, change, parts, ...sides }) => ({
      address,
      kind,
      change,
      parts: parts.map(({ name }) => name),
      a: encode(sides.a),
      b: encode(sides.b),
    })),
  })}\n`;
}
