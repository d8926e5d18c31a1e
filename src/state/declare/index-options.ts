import { type Value, whole } from '../value.ts';
import { toDoc } from '../yaml/extended.ts';
import { flagAt, nodeAt, textAt, wholeAt, type YamlNode } from '../yaml/node.ts';
import type { Report } from '../yaml/place.ts';
import { readCollation } from './collation.ts';

type ReadOption = (index: YamlNode, name: string, report: Report) => Value | undefined;

const onlyTrue: ReadOption = (index, name) => (flagAt(index, name) ? true : undefined);
const text: ReadOption = (index, name) => textAt(index, name);
const wholeNumber: ReadOption = (index, name) => {
  const value = wholeAt(index, name);
  return value === undefined ? undefined : whole(value);
};
const number: ReadOption = (index, name) => {
  const found = nodeAt(index, name);
  return found?.kind === 'scalar' ? found.value : undefined;
};
const map: ReadOption = (index, name, report) => {
  const found = nodeAt(index, name);
  return found?.kind === 'map' ? toDoc(found, report) : undefined;
};

/** How each option is read; undefined where it is not written, or is the default in so many words. */
const readers: Readonly<Record<string, ReadOption>> = {
  unique: onlyTrue,
  sparse: onlyTrue,
  hidden: onlyTrue,
  expireAfterSeconds: wholeNumber,
  partialFilterExpression: map,
  collation: (index, name) => readCollation(nodeAt(index, name)),
  wildcardProjection: map,
  weights: map,
  default_language: text,
  language_override: text,
  bits: wholeNumber,
  min: number,
  max: number,
  storageEngine: map,
};

export const indexOptionNames: readonly string[] = Object.keys(readers);

/** The options of an index as they are written, in one order whatever the order in the file. */
export function readIndexOptions(index: YamlNode, report: Report): Readonly<Record<string, Value>> {
  const entries = Object.entries(readers).flatMap(([name, read]): readonly (readonly [string, Value])[] => {
    const value = read(index, name, report);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}
