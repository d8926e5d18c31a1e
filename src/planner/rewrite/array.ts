import { type Doc, equalValues, isDoc, isList, type Value } from '../../state/value.ts';
import type { FieldPath, Held } from '../operation.ts';
import { sameHeld } from './held.ts';

/**
 * Arrays that a pass changed, on this side of the wire. Paths begin at the array: `[null, 'qty']` is `qty` of each item.
 */

/** Objects in which a path ends, in their order, side by side in equally built arrays; null where one has no such object. */
function holdersOf(values: readonly (Value | undefined)[], path: FieldPath): readonly (readonly (Doc | null)[])[] {
  const [step, ...rest] = path;
  if (path.length === 1 && step !== null) return [values.map((value) => (isDoc(value) ? value : null))];
  if (step === null) {
    const length = Math.max(0, ...values.map((value) => (isList(value) ? value.length : 0)));
    return Array.from({ length }, (_, at) =>
      holdersOf(
        values.map((value) => (isList(value) ? value[at] : undefined)),
        rest,
      ),
    ).flat();
  }
  return holdersOf(
    values.map((value) => (isDoc(value) && step !== undefined ? value.get(step) : undefined)),
    rest,
  );
}

const memberOf = (holder: Doc | null | undefined, name: string): Held => {
  const value = holder?.get(name);
  return value === undefined ? null : [value];
};

const endsInItem = (path: FieldPath): boolean => path.at(-1) === null;
const nameOf = (path: FieldPath): string => path.at(-1) ?? '';

/** Whether two states of an array differ in what stands at the end of the path. */
export function differsAt(before: Value, after: Value, path: FieldPath): boolean {
  if (endsInItem(path)) return !equalValues(before, after);
  const name = nameOf(path);
  return holdersOf([before, after], path).some(([one, other]) => !sameHeld(memberOf(one, name), memberOf(other, name)));
}

/** The value without what stands at the ends of the paths: what must be as it was for them to be told from what came since. */
function stripped(value: Value, paths: readonly FieldPath[]): Value {
  const within = (name: string | null): readonly FieldPath[] =>
    paths.filter(([step, ...rest]) => step === name && rest.length > 0).map(([, ...rest]) => rest);
  const ends = (name: string | null): boolean => paths.some((path) => path.length === 1 && path[0] === name);
  if (isList(value)) return value.map((item) => (ends(null) ? null : stripped(item, within(null))));
  if (!isDoc(value)) return value;
  const kept = [...value].filter(([name]) => !ends(name));
  return new Map(kept.map(([name, member]) => [name, stripped(member, within(name))]));
}

/** A member put back among those that stood before it. */
function withMember(holder: Doc, name: string, held: Held, names: readonly string[]): Doc {
  if (held === null) return new Map([...holder].filter(([other]) => other !== name));
  if (holder.has(name)) return new Map([...holder].map(([other, value]) => [other, other === name ? held[0] : value]));
  const earlier = new Set(names.slice(0, names.indexOf(name)));
  return new Map([
    ...[...holder].filter(([other]) => earlier.has(other)),
    [name, held[0]],
    ...[...holder].filter(([other]) => !earlier.has(other)),
  ]);
}

function restoredHolder(before: Doc | null, after: Doc | null, live: Doc, names: readonly string[]): Doc | null {
  const sides = names.map((name) => ({
    name,
    was: memberOf(before, name),
    made: memberOf(after, name),
    now: memberOf(live, name),
  }));
  if (sides.every(({ was, made }) => sameHeld(was, made))) return live;
  if (sides.every(({ now, made }) => sameHeld(now, made))) {
    return sides.reduce((holder, { name, was }) => withMember(holder, name, was, [...(before?.keys() ?? [])]), live);
  }
  return sides.every(({ now, was }) => sameHeld(now, was)) ? live : null;
}

interface Sides {
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  readonly live: Value;
}

/** Null where something at the ends of the paths is neither as it was made nor as it was before. */
function restoredWithin({ before, after, live }: Sides, paths: readonly FieldPath[]): Value | null {
  const [path] = paths as readonly [FieldPath];
  const [step, ...rest] = path;
  if (step === null && isList(live)) {
    const items = live.map((item, at): Value | null | undefined => {
      const sides = {
        before: isList(before) ? before[at] : undefined,
        after: isList(after) ? after[at] : undefined,
        live: item,
      };
      if (rest.length === 0) return sides.before;
      const inner = restoredWithin(
        sides,
        paths.map(([, ...further]) => further),
      );
      return inner === null && item !== null ? undefined : inner;
    });
    return items.includes(undefined) ? null : (items as readonly Value[]);
  }
  if (!isDoc(live) || step === null || step === undefined) return live;
  if (rest.length === 0) {
    return restoredHolder(isDoc(before) ? before : null, isDoc(after) ? after : null, live, paths.map(nameOf));
  }
  const member = live.get(step);
  if (member === undefined) return live;
  const sides = {
    before: isDoc(before) ? before.get(step) : undefined,
    after: isDoc(after) ? after.get(step) : undefined,
    live: member,
  };
  const inner = restoredWithin(
    sides,
    paths.map(([, ...further]) => further),
  );
  if (inner === null && member !== null) return null;
  return new Map([...live].map(([name, value]) => [name, name === step ? inner : value]));
}

/**
 * The array as it was before one edit of a pass, as far as nobody changed it since: what other edits of the pass changed
 * may stand or have been taken back. Null where it is no longer what the pass left.
 */
export function restoredArray(
  { before, after, live }: { readonly before: Value; readonly after: Value; readonly live: Value },
  own: readonly FieldPath[],
  all: readonly FieldPath[],
): Value | null {
  if (!equalValues(stripped(live, all), stripped(after, all))) return null;
  if (own.some(endsInItem) && !equalValues(live, after)) return null;
  return restoredWithin({ before, after, live }, own);
}
