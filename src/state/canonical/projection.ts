import { type Doc, isDoc, toNumber, type Value } from '../value.ts';

function leaves(projection: Doc, parents: readonly string[]): readonly (readonly [path: string, shown: boolean])[] {
  return [...projection].flatMap(([name, value]) => {
    const path = [...parents, name];
    if (isDoc(value)) return leaves(value, path);
    return [[path.join('.'), value !== false && toNumber(value) !== 0] as const];
  });
}

/**
 * The projection of a wildcard index as paths: `{ a: { b: 1 } }` and `{ "a.b": true }` are one.
 * `_id` is left out unless it is asked for; 5.0.4 lists it either way. Undefined where nothing but that is said.
 */
export function canonicalProjection(projection: Value): Value | undefined {
  if (!isDoc(projection)) return undefined;
  const said = leaves(projection, []).filter(([path, shown]) => path !== '_id' || shown);
  return said.length === 0 ? undefined : new Map([...said].sort(([a], [b]) => (a < b ? -1 : 1)));
}
