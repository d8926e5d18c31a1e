import { isDoc, isNumber, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { since } from '../../versions.ts';

/** What the fields of a time series are. */
export interface Series {
  readonly time: string;
  readonly meta: string | null;
}

export function seriesOf(option: Value | undefined): Series | null {
  if (!isDoc(option)) return null;
  const meta = option.get('metaField');
  return { time: String(option.get('timeField')), meta: typeof meta === 'string' ? meta : null };
}

/**
 * What a server has against an index of a time series (seen; 67 and 72), in words; null: nothing.
 * Beside the time and what describes a series, a measurement is indexed from 6.0 on, by order or as a place.
 */
export function againstSeries({ key, options }: NamedIndex, { time, meta }: Series, version: string): string | null {
  const isNew = since(version, '6.0.0');
  if (!isNew && options['partialFilterExpression'] !== undefined)
    return 'a partial index of a time series needs MongoDB 6.0';
  for (const [field, direction] of key) {
    if (field === time || field === meta || field.startsWith(`${meta ?? ''}.`)) continue;
    if (field.endsWith('$**')) return 'a time series has no wildcard indexes but of its metaField';
    if (!isNew) return `"${field}" is a measurement, and an index on one needs MongoDB 6.0`;
    if (!isNumber(direction) && direction !== '2dsphere')
      return `"${field}" is a measurement, which is indexed by order or as 2dsphere`;
  }
  return null;
}
