import { canonicalFilter } from '../../../state/canonical/filter.ts';
import { isDoc, isList, isNumber, isScalar, type Value } from '../../../state/value.ts';
import type { Series } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import { since } from '../../versions.ts';

export function seriesOf(option: Value | undefined): Series | null {
  if (!isDoc(option)) return null;
  const meta = option.get('metaField');
  return { time: String(option.get('timeField')), meta: typeof meta === 'string' ? meta : null };
}

const describes = (path: string, { meta }: Series): boolean =>
  meta !== null && (path === meta || path.startsWith(`${meta}.`));

/** Whether a path is neither the time nor within what describes a series. */
export const isMeasurement = (path: string, series: Series): boolean =>
  path !== series.time && !describes(path, series);

/** What the bounds of a bucket cannot answer of one condition (5916301, seen on 6.0.5 and 6.0.27). */
function againstCondition(path: string, operator: string, operand: Value, { time }: Series): string | null {
  if (operator === '$type') return `its filter asks the type of "${path}", which only a metaField can be asked`;
  if (operator === '$exists') return null;
  const values = operator === '$in' && isList(operand) ? operand : [operand];
  const isRefused = (value: Value): boolean =>
    value === null || isDoc(value) || isList(value) || (isScalar(value) && value.type === 'regex');
  if (values.some(isRefused))
    return `its filter compares "${path}" with null, an object, an array or a pattern, as only a metaField can be`;
  const isDate = (value: Value): boolean => isScalar(value) && value.type === 'date';
  return path === time && !values.every(isDate)
    ? `its filter compares "${time}", a date always, with another type`
    : null;
}

function againstFilter(filter: Value, series: Series): string | null {
  if (!isDoc(filter)) return null;
  const found = [...filter].flatMap(([path, value]) => {
    if (isList(value)) return value.map((part) => againstFilter(part, series));
    if (!isDoc(value) || describes(path, series)) return [];
    return [...value].map(([operator, operand]) => againstCondition(path, operator, operand, series));
  });
  return found.find((reason) => reason !== null) ?? null;
}

function againstKey({ key }: NamedIndex, series: Series, isNew: boolean): string | null {
  for (const [field, direction] of key) {
    if (!isMeasurement(field, series)) continue;
    if (field.endsWith('$**')) return 'a time series has no wildcard indexes but of its metaField';
    if (!isNew) return `"${field}" is a measurement, and an index on one needs MongoDB 6.0`;
    if (!isNumber(direction) && direction !== '2dsphere')
      return `"${field}" is a measurement, which is indexed by order or as 2dsphere`;
  }
  return null;
}

/**
 * What a server has against an index of a time series (seen; 67, 72 and 5916301), in words; null: nothing.
 * Beside the time and what describes a series, a measurement is indexed from 6.0 on, by order or as a place.
 */
export function againstSeries(index: NamedIndex, series: Series, version: string): string | null {
  const isNew = since(version, '6.0.0');
  const { partialFilterExpression: filter } = index.options;
  if (!isNew && filter !== undefined) return 'a partial index of a time series needs MongoDB 6.0';
  return (
    againstKey(index, series, isNew) ?? (filter === undefined ? null : againstFilter(canonicalFilter(filter), series))
  );
}
