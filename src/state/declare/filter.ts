import { isScalar } from '../value.ts';
import { unwrap } from '../yaml/extended.ts';
import type { YamlEntry, YamlNode } from '../yaml/node.ts';
import type { Report } from '../yaml/place.ts';
import { isScript } from './read-only.ts';

/** On a field, in the filter of a partial index (seen; the second line from 6.0 on). */
const onFields: ReadonlySet<string> = new Set([
  ...['$eq', '$gt', '$gte', '$lt', '$lte', '$type', '$exists', '$all'],
  ...['$in', '$geoWithin', '$within', '$geoIntersects'],
]);
const combining: ReadonlySet<string> = new Set(['$and', '$or']);

const hint =
  'the server takes equality, $gt, $gte, $lt, $lte, $type, $exists: true, $and; from 6.0 $or, $in, $geoWithin';

function refuse({ name, key }: YamlEntry, report: Report): void {
  if (!isScript(name)) report('SCH2119', key, `"${name}" cannot stand in partialFilterExpression`, hint);
}

const falsy = new Set(['0', '0.0', '-0.0']);

function isFalse(node: YamlNode): boolean {
  if (node.kind !== 'scalar' || node.value === undefined) return false;
  return node.value === false || node.value === null || (isScalar(node.value) && falsy.has(node.value.text));
}

/** `{ $gt: 5 }` holds operators, `{ b: 5 }` and `{ $date: … }` are values to be equal to. */
function checkPredicate({ value }: YamlEntry, report: Report): void {
  if (value.kind !== 'map') return;
  const wrapped = unwrap(value);
  if (wrapped !== null) {
    if (wrapped?.type === 'regex') report('SCH2119', value, 'a pattern cannot stand in partialFilterExpression', hint);
    return;
  }
  const operators = [...value.entries.values()];
  if (operators[0]?.name.startsWith('$') !== true) return;
  for (const operator of operators) {
    if (!onFields.has(operator.name)) refuse(operator, report);
    else if (operator.name === '$exists' && isFalse(operator.value)) {
      report('SCH2119', operator.key, '"$exists: false" cannot stand in partialFilterExpression', hint);
    }
  }
}

/** Reports what no server (4.4 to 6.0) takes as the filter of a partial index; JavaScript is reported by `checkReadOnly`. */
export function checkPartialFilter(filter: YamlNode, report: Report): void {
  if (filter.kind !== 'map') return;
  for (const entry of filter.entries.values()) {
    const { name, key, value } = entry;
    if (!name.startsWith('$')) checkPredicate(entry, report);
    else if (combining.has(name)) {
      if (value.kind !== 'list' || value.items.length === 0) {
        report('SCH2119', key, `"${name}" needs a list of at least one filter`);
      } else for (const item of value.items) checkPartialFilter(item, report);
    } else if (name !== '$comment') refuse(entry, report);
  }
}
