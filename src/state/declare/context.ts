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

/** Where a field stands: its collection, and the names that lead to it (array items add none). */
export interface FieldPlace {
  readonly collection: string;
  readonly path: readonly string[];
  /** The items of an array, which have no name of their own. */
  readonly isItem: boolean;
}
