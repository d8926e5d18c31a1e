import type { Estimate, Step } from '../planner/contract.ts';
import { differingCollectionOptions, optionWords, type Options } from '../planner/families/collections/options.ts';
import { optionRow } from '../planner/families/indexes/options.ts';
import type { NamedIndex } from '../planner/operation.ts';
import { printable } from '../state/frame.ts';
import { showValue } from '../state/show.ts';
import type { CollectionState } from '../state/types.ts';
import type { Doc } from '../state/value.ts';
import { plural } from '../state/words.ts';
import { cut, duration, size } from './format.ts';
import { isTakenOut, rewriteWords } from './rewrite.ts';

export const symbols = { create: '+', update: '~', replace: '~', delete: '-', write: '+' } as const;

/** A field that is taken out again is a loss to the eye, although nothing but our own value goes. */
export function symbolOf(step: Step): string {
  return step.change === 'restore' && isTakenOut(step) ? '-' : symbols[step.action];
}

const markers: Readonly<Partial<Record<Step['change'], readonly string[]>>> = {
  index: ['.indexes.'],
  edit: ['.fields.', '.links.'],
  restore: ['.fields.', '.links.'],
};

/** What stands behind the collection in an address: the name of an index or a link, the path of a field. */
export const shortName = ({ change, address }: Step): string => {
  const places = (markers[change] ?? []).map((marker) => [address.indexOf(marker), marker.length] as const);
  const [found] = places.filter(([at]) => at >= 0).sort(([a], [b]) => a - b);
  return printable(found === undefined ? address : address.slice(found[0] + found[1]));
};

/** Columns of one option; a longer filter stands whole in the details of a page, and in --format json. */
const longest = 160;

/** What an index is beyond its key, in words; empty where that is nothing. */
export function indexWords(index: Pick<NamedIndex, 'options'>): string {
  return Object.entries(index.options)
    .map(([name, value]) => cut(optionRow(name).wording(value), longest))
    .filter((word) => word !== '')
    .join(', ');
}

const nouns = {
  collection: 'collection',
  options: 'collection',
  recreate: 'collection',
  rename: 'collection',
  validator: 'validator',
  index: 'index',
  edit: 'field',
  restore: 'field',
} as const;

const types = { collection: 'collection', view: 'view', timeseries: 'time series' } as const;

/** What kind of thing a step is about. */
export function noun({ change, before, after, address }: Step): string {
  if (change !== 'collection')
    return nouns[change] === 'field' && !address.includes('.fields.') ? 'link' : nouns[change];
  return types[((after ?? before) as CollectionState).type];
}

export function subject(step: Step): string {
  if (step.change === 'edit' || step.change === 'restore') return `${shortName(step)} ${rewriteWords(step)}`.trimEnd();
  if (step.change === 'validator') return validatorWords(step);
  return shortName(step);
}

const validatorText = (validator: Doc | null): string =>
  validator === null ? 'none' : `${String(validator.get('level'))}, ${String(validator.get('action'))}`;

function validatorWords({ before, after }: Step): string {
  const [from, to] = [validatorText(before as Doc | null), validatorText(after as Doc | null)];
  if (before === null) return to;
  if (after === null) return 'is removed';
  return from === to ? `${to}, other rules` : `${from} → ${to}`;
}

function collectionDetail({ change, before, after }: Step): string {
  if (change === 'collection') return optionWords(((after as CollectionState | null) ?? { options: {} }).options);
  const sides = [before, after] as readonly (Options | CollectionState)[];
  const [old = {}, wanted = {}] = sides.map((side) =>
    change === 'recreate' ? (side as CollectionState).options : (side as Options),
  );
  const names = differingCollectionOptions(old, wanted, [...Object.keys(old), ...Object.keys(wanted)]);
  const words = (options: Options): string =>
    optionWords(
      Object.fromEntries(
        names.flatMap((name) => {
          const value = options[name];
          return value === undefined ? [] : [[name, value] as const];
        }),
      ),
    ) || 'none';
  const [from, to] = [words(old), words(wanted)];
  return from === to ? `other ${names.join(', ')}` : `${from} → ${to}`;
}

/** In what an index will differ from what it is: its key, what it is beyond that, or its name alone. */
function indexMoves(before: NamedIndex, after: NamedIndex): readonly string[] {
  const [from, to] = [before, after].map((index) => indexWords(index) || 'plain');
  const [old, wanted] = [before, after].map(({ key }) => showValue(new Map(key)));
  const moves = [
    old === wanted ? '' : `${old ?? ''} → ${wanted ?? ''}`,
    from === to ? '' : `${from ?? ''} → ${to ?? ''}`,
  ].filter((move) => move !== '');
  return moves.length > 0 || before.name === after.name ? moves : [`was "${printable(before.name)}"`];
}

function indexDetail(step: Step): string {
  const { before, after } = step as { readonly before: NamedIndex | null; readonly after: NamedIndex | null };
  if (before !== null && after !== null) {
    return [...indexMoves(before, after), step.route].filter(Boolean).join(', ');
  }
  return after === null ? '' : indexWords(after);
}

/** The data was not asked (`--check-data none`, a snapshot). */
export const isUncounted = ({ documents, exact }: Estimate): boolean => documents === 0 && !exact;

function documentsDetail({ estimate, reversal }: Step): string {
  if (estimate === null) return '';
  const undo = reversal.kind === 'impossible' ? '' : `, undo ${size(reversal.undoBytes)}`;
  if (isUncounted(estimate)) return 'writes documents that were not counted';
  const time = estimate.seconds === undefined ? '' : `, about ${duration(estimate.seconds)}`;
  return `writes ${estimate.exact ? '' : 'about '}${plural(estimate.documents, 'document')}${time}${undo}`;
}

/** What a step does, in one line below it; empty where its subject says it all. */
export function detailOf(step: Step): string {
  switch (step.change) {
    case 'index':
      return indexDetail(step);
    case 'collection':
    case 'options':
    case 'recreate':
      return collectionDetail(step);
    case 'edit':
    case 'restore':
      return documentsDetail(step);
    case 'rename':
      return `was "${printable((step.before as { readonly name: string }).name)}"`;
    case 'validator':
      return '';
    default:
      return step.change satisfies never;
  }
}
