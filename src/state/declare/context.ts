import type { SourcePosition } from '../types.ts';
import { didYouMean } from '../suggest.ts';
import { entryOf, textOf, type YamlNode } from '../yaml/node.ts';
import { type Place, positionOf, type Report } from '../yaml/place.ts';

/** What the declarations of a collection need to know of the rest of the schema. */
export interface Context {
  readonly report: Report;
  readonly milestones: ReadonlySet<string>;
  /** Built-in and declared formats: name to pattern. */
  readonly formats: ReadonlyMap<string, string>;
  readonly sources: Map<string, SourcePosition>;
}

/** Notes where an address is declared; the first place counts. */
export function recordSource({ sources }: Context, address: string, place: Place): void {
  if (!sources.has(address)) sources.set(address, positionOf(place));
}

/** The `milestone` of a declaration; one that is not declared is reported, and null. */
export function milestoneOf(node: YamlNode, { milestones, report }: Context): string | null {
  const entry = entryOf(node, 'milestone');
  const id = textOf(entry?.value);
  if (entry === undefined || id === undefined) return null;
  if (milestones.has(id)) return id;
  const hint = didYouMean(id, milestones) ?? 'declare it under "milestones"';
  report('SCH2113', entry.value, `the milestone "${id}" is not declared`, hint);
  return null;
}

/** Reports a language feature that is written correctly but cannot be executed. */
export function notYet({ report }: Context, node: YamlNode, ...keys: readonly string[]): void {
  for (const key of keys) {
    const entry = entryOf(node, key);
    const isOff = entry?.value.kind === 'scalar' && (entry.value.value === false || entry.value.value === undefined);
    if (entry !== undefined && !isOff) {
      report('SCH2106', entry.key, `"${key}" is not yet supported`, 'leave it out for now');
    }
  }
}
