import type { Node, YAMLMap } from 'yaml';
import { loadYaml } from '../libraries.ts';
import type { Value } from '../value.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './node.ts';
import { readPlain } from './plain.ts';
import { describePlace, type Place, type Report, type SourceFile } from './place.ts';

/** Names that change a JavaScript object's prototype in some readers of the same file (CVE-2025-64718). */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);
/** MongoDB's own limit of nested documents; everything behind the reader may recurse. */
export const maxDepth = 100;
/** The key of a map that is merged into its own, where it is not quoted. */
export const mergeKey = '<<';
/** How many nodes aliases may add in all: an alias bomb multiplies, a shared list of fields does not. */
const maxAliased = 100_000;
const textTag = 'tag:yaml.org,2002:str';
const plainTags = new Set([undefined, '!', textTag, 'tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq']);

/** Whether text may be a key. */
export const isName = (text: string): boolean => !reserved.has(text) && !text.includes('\0');

interface Anchored {
  readonly node: YamlNode;
  /** Nodes in it, aliases expanded. */
  readonly size: number;
  /** Levels in it. */
  readonly height: number;
}

interface Walk {
  readonly file: SourceFile;
  readonly report: Report;
  /** Null while the anchored node is still open: an alias to it would be a circle. */
  readonly anchors: Map<string, Anchored | null>;
  size: number;
  aliased: number;
  deepest: number;
}

/** The composer's nodes as ours: plain scalars read, aliases resolved and bounded, keys judged. Findings are reported. */
export function convert(node: Node, file: SourceFile, report: Report): YamlNode {
  return walk(node, 1, { file, report, anchors: new Map(), size: 0, aliased: 0, deepest: 0 });
}

function placeOf(node: Node, { file }: Walk): Place {
  const [start, end] = node.range ?? [0, 0];
  return { file, start, end };
}

const unreadable = (place: Place): YamlScalar => ({
  ...place,
  kind: 'scalar',
  text: '',
  plain: false,
  value: undefined,
});

function walk(node: Node, depth: number, state: Walk): YamlNode {
  if (loadYaml().isAlias(node)) return follow(node.source, placeOf(node, state), depth, state);
  const { size, deepest } = state;
  const anchor = 'anchor' in node ? (node.anchor as string | undefined) : undefined;
  if (anchor !== undefined) state.anchors.set(anchor, null);
  state.size += 1;
  state.deepest = depth;
  const made = build(node, depth, state);
  if (anchor !== undefined) {
    state.anchors.set(anchor, { node: made, size: state.size - size, height: state.deepest - depth });
  }
  state.deepest = Math.max(deepest, state.deepest);
  return made;
}

function follow(name: string, place: Place, depth: number, state: Walk): YamlNode {
  const found = state.anchors.get(name);
  if (!found) {
    if (found === null)
      state.report('SCH2109', place, `the alias *${name} contains itself`, 'write out what is meant in its place');
    else state.report('SCH2109', place, `no anchor &${name} stands before this alias`, `put &${name} before it`);
    return unreadable(place);
  }
  const before = state.aliased;
  state.aliased += found.size;
  state.size += found.size;
  state.deepest = Math.max(state.deepest, depth + found.height);
  if (depth + found.height > maxDepth) {
    state.report(
      'SCH2110',
      place,
      `the alias *${name} nests deeper than ${maxDepth} levels`,
      'declare less within each other',
    );
    return unreadable(place);
  }
  if (state.aliased <= maxAliased) return found.node;
  if (before <= maxAliased)
    state.report('SCH2110', place, `aliases expand to more than ${maxAliased} values`, 'write out what is meant');
  return unreadable(place);
}

function build(node: Node, depth: number, state: Walk): YamlNode {
  const place = placeOf(node, state);
  if (!plainTags.has(node.tag)) {
    const known =
      node.tag === 'tag:yaml.org,2002:binary' ? 'write { $binary: { base64: "…", subType: "00" } }' : undefined;
    const hint = known ?? 'values that YAML lacks are written as Extended JSON, such as { $oid: "…" }';
    state.report('SCH2109', place, `the tag ${node.tag} is not supported`, hint);
    return unreadable(place);
  }
  const { isMap, isScalar, isSeq } = loadYaml();
  if (isMap(node))
    return { ...place, kind: 'map', entries: entriesOf(node as YAMLMap<Node, Node | null>, depth, state) };
  if (isSeq(node)) {
    const items = node.items.map((item) => walk(item as Node, depth + 1, state));
    return { ...place, kind: 'list', items };
  }
  return isScalar(node) ? readScalar(node, place, state) : unreadable(place);
}

/** Half a character: the text of the file has none, but an escape in double quotes can make one. */
const isBroken = (type: string | undefined, text: string): boolean =>
  type === 'QUOTE_DOUBLE' && /\p{Surrogate}/u.test(text);

function plainValue(text: string, place: Place, { report }: Walk): Value | undefined {
  const read = readPlain(text);
  if ('value' in read) return read.value;
  report('SCH2114', place, read.problem, read.hint);
  return undefined;
}

function readScalar(
  node: Node & { value: unknown; type?: string; tag?: string },
  place: Place,
  state: Walk,
): YamlScalar {
  const text = String(node.value ?? '');
  if (isBroken(node.type, text)) {
    state.report('SCH2101', place, 'half of a character (a lone surrogate) stands here', 'write the whole character');
    return unreadable(place);
  }
  const plain = node.type === 'PLAIN' && node.tag === undefined;
  const { file, start, end } = place;
  return { file, start, end, kind: 'scalar', text, plain, value: plain ? plainValue(text, place, state) : text };
}

function entriesOf(map: YAMLMap<Node, Node | null>, depth: number, state: Walk): ReadonlyMap<string, YamlEntry> {
  const entries = new Map<string, YamlEntry>();
  for (const pair of map.items) {
    const key = placeOf(pair.key, state);
    const name = keyName(pair.key, key, state);
    const value = pair.value === null ? nothing(key) : walk(pair.value, depth + 1, state);
    if (name === null) continue;
    const first = entries.get(name);
    if (first === undefined) entries.set(name, { name, key, value });
    else
      state.report(
        'SCH2102',
        key,
        `"${name}" is written twice in one map`,
        `first at ${describePlace(first.key)}; keep one of the two`,
      );
  }
  return entries;
}

const nothing = ({ file, end }: Place): YamlScalar => ({
  file,
  start: end,
  end,
  kind: 'scalar',
  text: '',
  plain: true,
  value: null,
});

/** A key as text; null if it is none, which was reported. */
function keyName(key: Node, place: Place, { report }: Walk): string | null {
  if (!loadYaml().isScalar(key) || !plainTags.has(key.tag)) {
    report('SCH2109', place, 'a key must be text', 'quote it if text is meant');
    return null;
  }
  const text = String(key.value ?? '');
  if (key.type === 'PLAIN' && key.tag === undefined) {
    if (text === mergeKey) {
      report(
        'SCH2109',
        place,
        'merge keys (<<) are not supported',
        'write the keys out, or use an alias for the whole map',
      );
      return null;
    }
    const read = readPlain(text);
    if (!('value' in read) || typeof read.value !== 'string') {
      report('SCH2109', place, `the key ${text === '' ? '(empty)' : text} is not text`, `quote it: "${text}"`);
      return null;
    }
  }
  if (!isName(text) || isBroken(key.type, text)) {
    report('SCH2111', place, `"${text}" cannot be a name`, 'choose another name');
    return null;
  }
  return text;
}
