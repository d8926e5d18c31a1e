import { optionWords } from '../planner/families/collections/options.ts';
import type { Imported, ImportedCollection } from '../planner/import/imported.ts';
import { printable } from '../state/frame.ts';
import { plural } from '../state/words.ts';
import { cut, paragraph, table } from './format.ts';
import type { Theme } from './theme.ts';

export interface ImportSource {
  /** `shop on rs0 (MongoDB 6.0.5)` */
  readonly from: string;
  /** The folder with a slash behind it. */
  readonly folder: string;
  /** What the next commands need to find it: empty, or ` --schema DIR`. */
  readonly more: string;
}

const width = 80;

function holds({ declared }: ImportedCollection): string {
  if (declared === null) return 'not declared';
  const parts = [
    optionWords(declared.options),
    declared.validation === null ? '' : 'a validator',
    declared.indexes.length === 0 ? '' : plural(declared.indexes.length, 'index', 'indexes'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function counts({ collections }: Imported): string {
  const declared = collections.flatMap((each) => each.declared ?? []);
  const of = (type: string): number => declared.filter((each) => each.type === type).length;
  const indexes = declared.reduce((sum, each) => sum + each.indexes.length, 0);
  const validators = declared.filter(({ validation }) => validation !== null).length;
  const parts: readonly (readonly [number, string])[] = [
    [of('collection'), plural(of('collection'), 'collection')],
    [of('timeseries'), plural(of('timeseries'), 'time series', 'time series')],
    [of('view'), plural(of('view'), 'view')],
    [indexes, plural(indexes, 'index', 'indexes')],
    [validators, plural(validators, 'validator')],
  ];
  return parts
    .filter(([count], at) => count > 0 || at === 0)
    .map(([, words]) => words)
    .join(', ');
}

/** What was written, and what to do next. Ends with a line break. */
export function importText(made: Imported, { from, folder, more }: ImportSource, theme: Theme): string {
  const rows = made.collections.map((each) => [`  ${cut(printable(folder + each.file), 48)}`, holds(each)]);
  const left = made.collections.reduce((sum, { refused }) => sum + refused.length, 0);
  const verdict =
    made.differing.length === 0
      ? 'Verified: a plan from these files changes nothing.'
      : `Not verified: a plan from these files would change ${plural(made.differing.length, 'object')}; see the warnings.`;
  return [
    `${theme.bold('schemactl init')}   ${printable(from)}   into ${printable(folder)} (${plural(made.collections.length, 'file')})`,
    '',
    ...table(rows),
    '',
    ...paragraph(`Imported: ${counts(made)}. Fields stand in the files as comments.`, width, ''),
    ...(left === 0
      ? []
      : paragraph(
          `Left as they are: ${plural(left, 'object')} that cannot be declared; see the warnings and the comments.`,
          width,
          '',
        ).map(theme.warn)),
    made.differing.length === 0 ? verdict : theme.warn(verdict),
    `Next: schemactl plan${more}    only reads: there should be nothing to do`,
    `      schemactl apply${more}   manages these objects from now on`,
    '',
  ].join('\n');
}

/** What people must know of beside the files, one line each; empty where there is nothing. */
export function importWarnings({ collections, differing }: Imported, folder: string): string {
  const lines = [
    ...collections.flatMap(({ file, refused }) =>
      refused.map(({ address, why }) => `${address} is not declared, because ${why} (a comment in ${folder}${file})`),
    ),
    ...differing.map((what) => `a plan from these files would change ${what}; please report this`),
  ];
  return lines.map((line) => `warning: ${printable(line)}\n`).join('');
}

export function importJson({ collections, differing }: Imported, database: string, folder: string): string {
  return `${JSON.stringify({
    formatVersion: 1,
    database,
    files: collections.map(({ file }) => folder + file),
    refused: collections.flatMap(({ file, refused }) =>
      refused.map(({ address, why }) => ({ address, message: why, file: folder + file })),
    ),
    differing,
  })}\n`;
}
