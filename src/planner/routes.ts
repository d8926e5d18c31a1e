import semver from 'semver';
import { fingerprint } from '../state/fingerprint.ts';
import type { IndexState } from '../state/types.ts';
import { equalValues } from '../state/value.ts';
import type { Route } from './change.ts';
import { differingOptions, optionRow } from './families/indexes/options.ts';
import type { NamedIndex } from './operation.ts';

/** Server versions are compared without their suffixes: `6.0.5-rc1` knows what 6.0.5 knows. */
export function since(version: string, gate: string | null): boolean {
  const found = semver.coerce(version);
  return gate !== null && found !== null && semver.gte(found, gate);
}

export function sameKey(a: IndexState, b: IndexState): boolean {
  return (
    a.key.length === b.key.length &&
    a.key.every(([field, direction], at) => {
      const other = b.key[at];
      return other !== undefined && other[0] === field && equalValues(other[1], direction);
    })
  );
}

export function sameIndex(a: IndexState, b: IndexState): boolean {
  return sameKey(a, b) && differingOptions(a.options, b.options).length === 0;
}

/** Whether the server calls both the same index: it then refuses to hold both (85). */
export function sameSignature(a: IndexState, b: IndexState, version: string): boolean {
  const differing = differingOptions(a.options, b.options);
  return sameKey(a, b) && !differing.some((name) => since(version, optionRow(name).inSignatureSince));
}

/** The name of a swapped-in index: the same for one definition everywhere. */
export function swapName(generated: string, index: IndexState): string {
  return `${generated}_${fingerprint({ key: index.key, options: index.options }).slice('sha256:'.length, 'sha256:'.length + 6)}`;
}

/** The generated name, or where another index has it, one that is the same for one definition everywhere. */
export function freeName(generated: string, index: IndexState, taken: ReadonlySet<string>): string {
  return taken.has(generated) ? swapName(generated, index) : generated;
}

export interface Way {
  readonly route: Route;
  readonly name: string;
}

/**
 * The best way from a live index to a wanted one: in place, else swap (build, then drop), else gap (drop, then build).
 * A swap needs another signature and another name, and a free slot, which is the caller's to know.
 */
export function chooseWay(
  before: NamedIndex,
  wanted: IndexState,
  names: { readonly explicit: string | null; readonly generated: string; readonly taken: ReadonlySet<string> },
  version: string,
): Way {
  const keepsName = names.explicit === null || names.explicit === before.name;
  const rows = differingOptions(before.options, wanted.options).map((name) => {
    const row = optionRow(name);
    return since(version, row.collModSince) && row.inPlace(before.options[name], wanted.options[name]);
  });
  if (keepsName && sameKey(before, wanted) && rows.every(Boolean)) return { route: 'in-place', name: before.name };
  const name = names.explicit ?? freeName(names.generated, wanted, names.taken);
  if (name !== before.name && !sameSignature(before, wanted, version)) return { route: 'swap', name };
  const others = new Set([...names.taken].filter((taken) => taken !== before.name));
  return { route: 'gap', name: names.explicit ?? freeName(names.generated, wanted, others) };
}
