import { type Doc, isNumber, toNumber, type Value, whole } from '../value.ts';
import type { YamlNode } from '../yaml/node.ts';

/** In the order in which servers list them; `version` is theirs and cannot be asked for (161). */
const parts = [
  'locale',
  'caseLevel',
  'caseFirst',
  'strength',
  'numericOrdering',
  'alternate',
  'maxVariable',
  'normalization',
  'backwards',
] as const;

const plain = (value: Value): Value => (isNumber(value) ? whole(toNumber(value) as number) : value);

/** The parts of a collation that are written, in one order; undefined if it is no map. */
export function readCollation(node: YamlNode | undefined): Doc | undefined {
  if (node?.kind !== 'map') return undefined;
  const written = parts.flatMap((part): readonly (readonly [string, Value])[] => {
    const value = node.entries.get(part)?.value;
    return value?.kind === 'scalar' && value.value !== undefined ? [[part, plain(value.value)]] : [];
  });
  return new Map(written);
}

/** Whether a collation is written that is more than byte order. */
export function isCollated(collation: Value | undefined): boolean {
  return collation instanceof Map && collation.get('locale') !== 'simple';
}
