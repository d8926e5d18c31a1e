import { fieldTypes } from '../../state/types.ts';
import { plural } from '../../state/words.ts';
import { quoteText } from '../../state/yaml/write.ts';
import type { Inference, Shape } from './infer.ts';

/** More are named with their number only. */
const mostPaths = 200;

type Named = readonly [name: string, shape: Shape];

/** `87%`; never 0% of something, nor 100% of what is not all. */
function share(part: number, whole: number): string {
  const rounded = Math.round((100 * part) / whole);
  if (part === whole) return '100%';
  return rounded === 0 ? '<1%' : rounded === 100 ? '>99%' : `${rounded}%`;
}

const byShare = (a: readonly [string, number], b: readonly [string, number]): number =>
  b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
const typesOf = ({ types }: Shape): readonly (readonly [string, number])[] => [...types].sort(byShare);
const objectsIn = ({ types }: Shape): number => types.get('object') ?? 0;

/** An id, a number, a date, an address: what documents that are used as maps have for names. Personal data is not written down. */
const likeValue = new RegExp(
  [
    '^[^\\p{L}]*\\d[^\\p{L}]*$',
    '^[0-9a-fA-F]{24,}$',
    '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
    '@',
    '\\s.*\\s',
  ].join('|'),
  'su',
);
const declarable = (name: string): boolean => name !== '' && !name.includes('.') && !name.startsWith('$');

/** Many names, each of them rare: the names are data. */
function isMap({ fields }: Shape, objects: number): boolean {
  const seen = [...fields.values()].reduce((sum, field) => sum + field.seen, 0);
  return fields.size > 20 && seen < 0.2 * fields.size * objects;
}

/** Fields in the order in which documents have them, by the mean of their places. */
function listed(shape: Shape): readonly Named[] {
  if (isMap(shape, objectsIn(shape))) return [];
  return [...shape.fields]
    .filter(([name]) => declarable(name) && !likeValue.test(name))
    .sort(([a, one], [b, other]) => one.places / one.seen - other.places / other.seen || (a < b ? -1 : 1));
}

/** The shape whose fields are those of the path: its own, or those of its items, however deep in arrays. */
function holders(shape: Shape): readonly Shape[] {
  return shape.items === null ? [shape] : [shape, ...holders(shape.items)];
}

/** The paths that are shown: outer ones first, then the most frequent. */
function shownFields(root: Shape): ReadonlySet<Shape> {
  const shown = new Set<Shape>();
  for (let level: readonly Shape[] = [root]; level.length > 0; ) {
    const children = level.flatMap(holders).flatMap(listed);
    const ranked = [...children].sort(([a, one], [b, other]) => byShare([a, one.seen], [b, other.seen]));
    const kept = ranked.slice(0, mostPaths - shown.size).map(([, shape]) => shape);
    for (const shape of kept) shown.add(shape);
    level = kept;
  }
  return shown;
}

/** `type: [string, int], nullable: true`, as a field declares them. */
function typeMembers(shape: Shape): readonly string[] {
  const seen = typesOf(shape).map(([type]) => type);
  const known: readonly string[] = fieldTypes;
  const types = seen.every((type) => known.includes(type)) ? seen.filter((type) => type !== 'null') : ['any'];
  const [only] = types;
  const text = only === undefined ? '"null"' : types.length === 1 ? only : `[${types.join(', ')}]`;
  return [`type: ${text}`, ...(seen.includes('null') && only !== undefined ? ['nullable: true'] : [])];
}

/** `string 98%, null 2%` */
function typeWords(shape: Shape): string {
  const types = typesOf(shape);
  if (types.length === 1) return types[0]?.[0] ?? '';
  return types.map(([type, count]) => `${type} ${share(count, shape.seen)}`).join(', ');
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** Names that are not shown, and why. */
function restLines(shape: Shape, shown: ReadonlySet<Shape>): readonly string[] {
  const names = [...shape.fields];
  const count = (is: (named: Named) => boolean): number => names.filter(is).length;
  if (isMap(shape, objectsIn(shape)))
    return [`# ${plural(names.length + shape.unlisted, 'different name')}, as in a map; not listed`];
  const odd = count(([name]) => !declarable(name));
  const data = count(([name]) => declarable(name) && likeValue.test(name));
  const more = listed(shape).filter(([, field]) => !shown.has(field)).length;
  return [
    ...(odd === 0 ? [] : [`# ${plural(odd, 'name')} that no declaration can have: empty, with a dot or a leading $`]),
    ...(data === 0 ? [] : [`# ${plural(data, 'name')} that read like data; not listed`]),
    ...(more === 0 ? [] : [`# ${plural(more, 'more field')}`]),
    ...(shape.unlisted === 0 ? [] : ['# more names than were counted']),
  ];
}

/** What stands under `fields:` of a shape; empty where nothing does. */
function fieldsOf(shape: Shape, noun: string, shown: ReadonlySet<Shape>): readonly string[] {
  const fields = listed(shape).filter(([, field]) => shown.has(field));
  const whole = objectsIn(shape);
  const parts = fields.map(([name, field]) => {
    const seen = field.seen === whole ? `in all ${noun}s` : `in ${share(field.seen, whole)} of ${noun}s`;
    return textOf(name, field, { remark: `${typeWords(field)}; ${seen}`, noun: 'object' }, shown);
  });
  const width = Math.min(52, Math.max(0, ...parts.map(({ head }) => head.length)));
  return [
    ...parts.flatMap(({ head, remark, body }) => [`${head.padEnd(width)}  # ${remark}`, ...indented(body)]),
    ...restLines(shape, shown),
  ];
}

/** One field: what stands on its line, what is said behind it, the lines below. */
interface FieldText {
  readonly head: string;
  readonly remark: string;
  readonly body: readonly string[];
  readonly isFlat: boolean;
}

const onlyRemarks = (lines: readonly string[]): boolean => lines.every((line) => line.startsWith('#'));
const nested = (lines: readonly string[]): readonly string[] =>
  onlyRemarks(lines) ? lines : ['fields:', ...indented(lines)];

/** A field, or the items of one: in one line, or where there are fields within, in a block. */
function textOf(
  name: string,
  shape: Shape,
  about: { readonly remark: string; readonly noun: string },
  shown: ReadonlySet<Shape>,
): FieldText {
  const { remark, noun } = about;
  const inner = nested(fieldsOf(shape, noun, shown));
  const items =
    shape.items === null || shape.items.seen === 0
      ? null
      : textOf('items', shape.items, { remark: typeWords(shape.items), noun: 'item' }, shown);
  const members = typeMembers(shape);
  const lead = `${quoteText(name)}:`;
  if (onlyRemarks(inner) && items?.isFlat !== false) {
    const within = items === null ? [] : [items.head];
    return {
      head: `${lead} { ${[...members, ...within].join(', ')} }`,
      remark: items === null ? remark : `${remark}; items: ${items.remark}`,
      body: [...inner, ...(items?.body ?? [])],
      isFlat: true,
    };
  }
  const below = items === null ? [] : [`${items.head}  # ${items.remark}`, ...indented(items.body)];
  return { head: lead, remark, body: [...members, ...inner, ...below], isFlat: false };
}

/**
 * The fields that were seen as lines of YAML, each with its types' shares: what could be declared under `fields:`.
 * Holds no value of a document, nor names that look like values. The order of the documents means nothing.
 */
export function inferredFields({ root }: Inference): readonly string[] {
  return fieldsOf(root, 'document', shownFields(root));
}
