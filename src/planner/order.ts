import { internalError } from '../errors.ts';

/**
 * A stable topological order (Kahn): of what is ready, always the first in the given order.
 * Throws an internal error naming the members of a circle.
 */
export function inDependencyOrder<T>(
  items: readonly T[],
  needs: (item: T) => readonly T[],
  nameOf: (item: T) => string,
): readonly T[] {
  const position = new Map(items.map((item, at) => [item, at]));
  const waiting = new Map(
    items.map((item) => [item, new Set(needs(item).filter((need) => position.has(need) && need !== item))]),
  );
  const dependants = new Map<T, T[]>();
  for (const [item, open] of waiting)
    for (const need of open) dependants.set(need, [...(dependants.get(need) ?? []), item]);
  const done: T[] = [];
  const ready = items.filter((item) => waiting.get(item)?.size === 0);
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    done.push(next);
    for (const dependant of dependants.get(next) ?? []) {
      const open = waiting.get(dependant);
      open?.delete(next);
      if (open?.size === 0) insertByPosition(ready, dependant, position);
    }
  }
  if (done.length < items.length) {
    const stuck = items.filter((item) => (waiting.get(item)?.size ?? 0) > 0).map(nameOf);
    throw internalError(`these steps need each other: ${stuck.join(', ')}`);
  }
  return done;
}

function insertByPosition<T>(ready: T[], item: T, position: ReadonlyMap<T, number>): void {
  const own = position.get(item) ?? 0;
  const at = ready.findIndex((other) => (position.get(other) ?? 0) > own);
  ready.splice(at < 0 ? ready.length : at, 0, item);
}
