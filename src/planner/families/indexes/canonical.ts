import { canonicalText, isText } from '../../../state/canonical/text.ts';
import type { IndexState } from '../../../state/types.ts';
import { equalValues, type Value } from '../../../state/value.ts';
import { since } from '../../versions.ts';
import { optionRow } from './options.ts';

type Options = Readonly<Record<string, Value>>;

function withoutDefaults(options: Options): Options {
  const entries = Object.entries(options).flatMap(([name, value]): readonly (readonly [string, Value])[] => {
    const form = optionRow(name).canonical(value);
    return form === undefined ? [] : [[name, form]];
  });
  return Object.fromEntries(entries);
}

const known = new WeakMap<IndexState, IndexState>();

/** An index in the form in which two are compared: what it inherits must stand in it. Kept a while, since it is asked often. */
export function canonicalIndex(index: IndexState): IndexState {
  const found = known.get(index);
  if (found !== undefined) return found;
  const { key, options } = isText(index) ? canonicalText(index) : index;
  const form = { key, options: withoutDefaults(options) };
  known.set(index, form);
  return form;
}

export function sameKey(a: IndexState, b: IndexState): boolean {
  const [left, right] = [canonicalIndex(a).key, canonicalIndex(b).key];
  return (
    left.length === right.length &&
    left.every(([field, direction], at) => {
      const other = right[at];
      return other !== undefined && other[0] === field && equalValues(other[1], direction);
    })
  );
}

/** Names of the options in which two indexes differ, sorted. */
export function differingOptions(before: IndexState, after: IndexState): readonly string[] {
  const [old, wanted] = [canonicalIndex(before).options, canonicalIndex(after).options];
  const names = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  return [...names].sort().filter((name) => {
    const [left, right] = [old[name], wanted[name]];
    return left === undefined || right === undefined || !equalValues(left, right);
  });
}

export function sameIndex(a: IndexState, b: IndexState): boolean {
  return sameKey(a, b) && differingOptions(a, b).length === 0;
}

/** Whether the server calls both the same index: it then refuses to hold both (85). */
export function sameSignature(a: IndexState, b: IndexState, version: string): boolean {
  if (!sameKey(a, b)) return false;
  return !differingOptions(a, b).some((name) => since(version, optionRow(name).inSignatureSince));
}
