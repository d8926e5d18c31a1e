import { isNumber, isScalar, toNumber, type Value } from '../value.ts';
import type { Place } from './place.ts';

/** A scalar as written. `value` is what YAML 1.2 reads (core schema); undefined: unreadable, and already reported. */
export interface YamlScalar extends Place {
  readonly kind: 'scalar';
  readonly text: string;
  /** Neither quoted nor a block: the only kind that can be a number, a boolean or null. */
  readonly plain: boolean;
  readonly value: Value | undefined;
}

export interface YamlList extends Place {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly name: string;
  readonly key: Place;
  readonly value: YamlNode;
}

/** Entries in the order of the file. */
export interface YamlMap extends Place {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

/** What was read from a file, with places. Aliases are resolved: one node may stand in several places. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

/*
 * Tolerant readers: what has the wrong kind was reported when its shape was checked,
 * so here it is as if it had not been written, and the rest of the file is still judged.
 */

export function entryOf(node: YamlNode | undefined, name: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.get(name) : undefined;
}

export function nodeAt(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return entryOf(node, name)?.value;
}

export function entriesAt(node: YamlNode | undefined, name: string): readonly YamlEntry[] {
  const found = nodeAt(node, name);
  return found?.kind === 'map' ? [...found.entries.values()] : [];
}

export function itemsAt(node: YamlNode | undefined, name: string): readonly YamlNode[] {
  const found = nodeAt(node, name);
  return found?.kind === 'list' ? found.items : [];
}

export function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

export function textAt(node: YamlNode | undefined, name: string): string | undefined {
  return textOf(nodeAt(node, name));
}

export function flagAt(node: YamlNode | undefined, name: string): boolean {
  const found = nodeAt(node, name);
  return found?.kind === 'scalar' && found.value === true;
}

/** A whole number that a JavaScript number holds exactly. */
export function wholeAt(node: YamlNode | undefined, name: string): number | undefined {
  const found = nodeAt(node, name);
  const value = found?.kind === 'scalar' && isNumber(found.value) ? toNumber(found.value) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * The node as plain JSON, for checks of shape only: names lose their order, large numbers their last digits.
 * Objects have no prototype.
 */
export function toJson(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(toJson);
  if (node.kind === 'map') {
    const json = Object.create(null) as Record<string, unknown>;
    for (const { name, value } of node.entries.values()) json[name] = toJson(value);
    return json;
  }
  if (node.value === undefined) return null;
  return isScalar(node.value) ? toNumber(node.value) : node.value;
}
