import {
  COLLECTION_STYLE,
  type CollectionStyle,
  type Event,
  EVENT_ID,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
} from 'js-yaml';
import { isName, maxDepth, mergeKey } from './convert.ts';
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './node.ts';
import { readPlain } from './plain.ts';
import { maxLength } from './read.ts';
import type { SourceFile } from './place.ts';
import type { Value } from '../value.ts';

/** Ends the reading of `readEvents`, which catches it. */
function unsure(): never {
  throw new Error('this is for the exact reader to judge');
}

/**
 * Where the two readers are not of one mind, or js-yaml 5.5 takes what YAML refuses: tabs, a carriage return or a byte
 * order mark within the text, document markers but for a plain one, the indentation of a block scalar in figures,
 * a last line that ends in a space.
 */
const unusual = /[\t\uFEFF]|\r(?!\n)|^ *\.\.\.|^ +---|^---(?!\r?$)| [|>][-+]?[1-9]| $(?![^])/m;

const hasLoneSurrogate = (text: string): boolean => /\p{Surrogate}/u.test(text);

interface Stream {
  readonly file: SourceFile;
  readonly events: readonly Event[];
  next: number;
}

/** Nothing has a tag, an anchor or no text at all: what those mean is judged by the other reader. */
const isBare = (event: { readonly anchorStart: number; readonly tagStart: number }): boolean =>
  event.anchorStart === -1 && event.tagStart === -1;

const isQuoted = ({ style }: ScalarEvent): boolean =>
  style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;

function valueOf(text: string, style: ScalarEvent['style']): Value {
  if (style === SCALAR_STYLE.DOUBLE_QUOTED && hasLoneSurrogate(text)) unsure();
  if (style !== SCALAR_STYLE.PLAIN) return text;
  const read = readPlain(text);
  if (!('value' in read)) unsure();
  return read.value;
}

/** Every member is written out: spreading places into nodes takes longer than all the rest (V8 11). */
function scalarOf(event: ScalarEvent, { file }: Stream): YamlScalar {
  if (!isBare(event) || event.valueStart === -1) unsure();
  const text = getScalarValue(file.text, event);
  const quote = isQuoted(event) ? 1 : 0;
  return {
    file,
    start: event.valueStart - quote,
    end: event.valueEnd + quote,
    kind: 'scalar',
    text,
    plain: event.style === SCALAR_STYLE.PLAIN,
    value: valueOf(text, event.style),
  };
}

/** js-yaml 5.5 takes a key behind a value on the same line: `- "a" b: 1`. */
function beginsLine({ text }: SourceFile, start: number): boolean {
  let at = start - 1;
  while (text[at] === ' ' || text[at] === '-') at -= 1;
  return at < 0 || text[at] === '\n';
}

function entryOf(event: Event, style: CollectionStyle, stream: Stream): YamlEntry {
  if (event.type !== EVENT_ID.SCALAR) unsure();
  const key = scalarOf(event, stream);
  const { value: name, start } = key;
  if (typeof name !== 'string' || !isName(name) || (key.plain && name === mergeKey)) unsure();
  if (style === COLLECTION_STYLE.BLOCK && !beginsLine(stream.file, start)) unsure();
  return { name, key, value: nodeOf(take(stream), stream) };
}

function mapOf({ start, style }: MappingEvent, stream: Stream): YamlMap {
  const entries = new Map<string, YamlEntry>();
  for (let event = take(stream); event.type !== EVENT_ID.POP; event = take(stream)) {
    const entry = entryOf(event, style, stream);
    if (entries.has(entry.name)) unsure();
    entries.set(entry.name, entry);
  }
  return { file: stream.file, start, end: start, kind: 'map', entries };
}

function itemsOf(stream: Stream): readonly YamlNode[] {
  const items: YamlNode[] = [];
  for (let event = take(stream); event.type !== EVENT_ID.POP; event = take(stream)) items.push(nodeOf(event, stream));
  return items;
}

function take(stream: Stream): Event {
  const event = stream.events[stream.next++];
  return event ?? unsure();
}

function nodeOf(event: Event, stream: Stream): YamlNode {
  if (event.type === EVENT_ID.SCALAR) return scalarOf(event, stream);
  if ((event.type !== EVENT_ID.MAPPING && event.type !== EVENT_ID.SEQUENCE) || !isBare(event)) unsure();
  const { start } = event;
  if (event.type === EVENT_ID.MAPPING) return mapOf(event, stream);
  return { file: stream.file, start, end: start, kind: 'list', items: itemsOf(stream) };
}

/**
 * Reads a file that has nothing unusual in it, several times as fast as `readYaml` and to the same nodes, only that
 * maps, lists and block scalars say no exact place where they end, nor block scalars where they start.
 * Null: `readYaml` has to judge the file, be it wrong or only out of the ordinary.
 */
export function readEvents(file: SourceFile): YamlMap | null {
  const { text } = file;
  if (text.length > maxLength || unusual.test(text) || hasLoneSurrogate(text)) return null;
  try {
    const stream = { file, events: parseEvents(text, { maxDepth }), next: 0 };
    const [document, root] = [take(stream), take(stream)];
    if (document.type !== EVENT_ID.DOCUMENT || document.directives.length > 0) return null;
    const node = nodeOf(root, stream);
    return node.kind === 'map' && take(stream).type === EVENT_ID.POP && stream.next === stream.events.length
      ? node
      : null;
  } catch {
    return null;
  }
}
