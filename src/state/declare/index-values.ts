import { textLanguages } from '../canonical/text.ts';
import { isNumber, toNumber } from '../value.ts';
import { entriesAt, entryOf, nodeAt, textAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import type { Report } from '../yaml/place.ts';

/** Whether a field of a projection is kept; undefined: neither 1 nor 0. */
function keeps({ value }: YamlEntry): boolean | undefined {
  if (value.kind !== 'scalar') return undefined;
  if (typeof value.value === 'boolean') return value.value;
  return isNumber(value.value) ? toNumber(value.value) !== 0 : undefined;
}

/** The fields of a projection, through nested maps; `_id` at the top may differ from the rest. */
function leaves(node: YamlNode, isTop: boolean): readonly YamlEntry[] {
  if (node.kind !== 'map') return [];
  return [...node.entries.values()].flatMap((entry) => {
    if (entry.value.kind === 'map' && entry.value.entries.size > 0) return leaves(entry.value, false);
    return isTop && entry.name === '_id' ? [] : [entry];
  });
}

/** Reports a projection beside another key, or one that keeps some fields and leaves out others (seen). */
export function checkProjection(index: YamlNode, isAllowed: boolean, report: Report): void {
  const projection = entryOf(index, 'wildcardProjection');
  if (projection === undefined) return;
  if (!isAllowed) {
    report('SCH2119', projection.key, 'wildcardProjection needs the key { $**: 1 }');
    return;
  }
  const fields = leaves(projection.value, true);
  const odd = fields.find((field) => keeps(field) === undefined || field.name.startsWith('$'));
  if (odd !== undefined) report('SCH2119', odd.key, `"${odd.name}" must be 1 (kept) or 0 (left out)`);
  const [first] = fields;
  const other = first && fields.find((field) => keeps(field) !== keeps(first));
  if (odd === undefined && first !== undefined && other !== undefined) {
    report('SCH2119', other.key, `wildcardProjection keeps fields or leaves some out: "${first.name}" does the other`);
  }
}

const maxWeight = 100_000;

/** Reports weights and a language field that no server takes (67; seen). */
export function checkTextOptions(index: YamlNode, report: Report): void {
  for (const { name, value } of entriesAt(index, 'weights')) {
    const weight = value.kind === 'scalar' ? toNumber(value.value) : undefined;
    if (weight !== undefined && !(weight >= 1 && weight < maxWeight)) {
      report('SCH2119', value, `the weight of "${name}" must be at least 1 and less than ${maxWeight}`);
    }
  }
  const language = textAt(index, 'default_language');
  const said = nodeAt(index, 'default_language');
  if (language !== undefined && said !== undefined && !textLanguages.includes(language.toLowerCase())) {
    report(
      'SCH2119',
      said,
      `"${language}" is no language that a text index knows`,
      `one of ${textLanguages.join(', ')}`,
    );
  }
  const field = textAt(index, 'language_override');
  const place = nodeAt(index, 'language_override');
  if (field !== undefined && place !== undefined && /^\$|\./.test(field)) {
    report('SCH2119', place, `"${field}" cannot be the field of a language: no dots, no leading $`);
  }
}

/** Reports bounds of a 2d index between which nothing lies; -180 and 180 where they are not written. */
export function checkRegion(index: YamlNode, report: Report): void {
  const bound = (name: string): number | undefined => {
    const node = nodeAt(index, name);
    return node?.kind === 'scalar' ? toNumber(node.value) : undefined;
  };
  const place = (entryOf(index, 'max') ?? entryOf(index, 'min'))?.key;
  const [min, max] = [bound('min') ?? -180, bound('max') ?? 180];
  if (place !== undefined && min >= max) report('SCH2119', place, `nothing lies between min ${min} and max ${max}`);
}
