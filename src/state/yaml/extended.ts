import { decimalText, doubleText, wholeText } from '../numbers.ts';
import { type Doc, isScalar, type Scalar, type ScalarType, scalar, type Value } from '../value.ts';
import { nodeAt, textAt, type YamlMap, type YamlNode } from './node.ts';
import type { Report } from './place.ts';

type Reader = (node: YamlNode) => string | null;

/** The characters of a scalar, quoted or not: Extended JSON holds numbers as text, people write them bare. */
const raw = (node: YamlNode | undefined): string | null =>
  node?.kind === 'scalar' && node.value !== undefined && (node.text !== '' || !node.plain) ? node.text : null;

/** A whole number of so many bits, by its value: `1.0` is 1. */
export function wholeWithin(source: string, bits: 32 | 64): string | null {
  const text = wholeText(source);
  const limit = 2n ** BigInt(bits - 1);
  return text !== null && BigInt(text) >= -limit && BigInt(text) < limit ? text : null;
}

const isoForm = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|z|[-+]\d\d:?\d\d))?$/;

/** Milliseconds since 1970 of an ISO date (midnight UTC) or a date-time with its zone; null for anything else, 30 February included. */
export function dateText(iso: string): string | null {
  const found = isoForm.exec(iso);
  if (found === null) return null;
  const part = (at: number): number => Number(found[at] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const milliseconds = Number((found[7] ?? '').padEnd(3, '0'));
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  if (utc.getUTCMonth() !== month - 1) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  utc.setUTCHours(hour, minute, second, milliseconds);
  const zone = /^([-+])(\d\d):?(\d\d)$/.exec(found[8] ?? '');
  if (zone !== null && (Number(zone[2]) > 23 || Number(zone[3]) > 59)) return null;
  const offset = zone === null ? 0 : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  return String(utc.getTime() - offset * 60_000);
}

export const objectIdText = (text: string): string | null =>
  /^[0-9a-fA-F]{24}$/.test(text) ? text.toLowerCase() : null;

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function binaryText(node: YamlNode): string | null {
  const bytes = textAt(node, 'base64');
  const kind = raw(nodeAt(node, 'subType')) ?? '';
  if (bytes === undefined || !base64.test(bytes) || !/^[0-9a-fA-F]{1,2}$/.test(kind)) return null;
  return `${kind.toLowerCase().padStart(2, '0')}:${bytes}`;
}

function timestampText(node: YamlNode): string | null {
  const [seconds, increment] = ['t', 'i'].map((name) => wholeText(raw(nodeAt(node, name)) ?? ''));
  const fits = [seconds, increment].every((part) => part != null && BigInt(part) >= 0n && BigInt(part) < 2n ** 32n);
  return fits ? `${seconds}:${increment}` : null;
}

function regexText(node: YamlNode): string | null {
  const pattern = textAt(node, 'pattern');
  const options = raw(nodeAt(node, 'options')) ?? '';
  if (pattern === undefined || pattern.includes('\0') || !/^[ilmsux]*$/.test(options)) return null;
  return `${[...new Set(options)].sort().join('')}/${pattern}`;
}

function pointerText(node: YamlNode): string | null {
  const id = objectIdText(textAt(nodeAt(node, '$id'), '$oid') ?? '');
  const namespace = textAt(node, '$ref');
  return id === null || namespace === undefined ? null : `${id}:${namespace}`;
}

/** The driver sends no date beyond JavaScript's range, so none can be declared. */
function millisecondsText(node: YamlNode): string | null {
  const text = wholeWithin(raw(nodeAt(node, '$numberLong')) ?? '', 64);
  return text === null || Math.abs(Number(text)) > 8.64e15 ? null : text;
}

function doubleOf(node: YamlNode): string | null {
  const text = raw(node) ?? '';
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return text;
  return wholeText(text) === null && decimalText(text) === null ? null : doubleText(Number(text));
}

const one: Reader = (node) => (raw(node) === '1' ? '' : null);

/** Extended JSON (v2, canonical and relaxed): one row a wrapper. */
const wrappers: ReadonlyMap<string, readonly [type: ScalarType, read: Reader]> = new Map([
  ['$numberInt', ['int', (node) => wholeWithin(raw(node) ?? '', 32)]],
  ['$numberLong', ['long', (node) => wholeWithin(raw(node) ?? '', 64)]],
  ['$numberDouble', ['double', doubleOf]],
  ['$numberDecimal', ['decimal', (node) => decimalText(raw(node) ?? '')]],
  ['$oid', ['objectId', (node) => objectIdText(raw(node) ?? '')]],
  ['$date', ['date', (node) => millisecondsText(node) ?? dateText(raw(node) ?? '')]],
  ['$timestamp', ['timestamp', timestampText]],
  ['$binary', ['binary', binaryText]],
  ['$regularExpression', ['regex', regexText]],
  ['$code', ['javascript', (node) => raw(node)]],
  ['$symbol', ['symbol', (node) => raw(node)]],
  ['$undefined', ['undefined', (node) => (raw(node) === 'true' ? '' : null)]],
  ['$minKey', ['minKey', one]],
  ['$maxKey', ['maxKey', one]],
  ['$dbPointer', ['dbPointer', pointerText]],
] satisfies [string, readonly [ScalarType, Reader]][]);

/** The scalar that a one-key map wraps; null: it is no wrapper; undefined: it is one, but not a valid one. */
export function unwrap(map: YamlMap): Scalar | null | undefined {
  const [entry] = map.entries.values();
  const wrapper = map.entries.size === 1 && entry !== undefined ? wrappers.get(entry.name) : undefined;
  if (wrapper === undefined || entry === undefined) return null;
  const [type, read] = wrapper;
  const text = read(entry.value);
  return text === null ? undefined : scalar(type, text);
}

/** A node as a value, without any declared type: Extended JSON wrappers become scalars. Invalid ones are reported, and null. */
export function toValue(node: YamlNode, report: Report): Value {
  if (node.kind === 'list') return node.items.map((item) => toValue(item, report));
  if (node.kind === 'scalar') return node.value ?? null;
  const wrapped = unwrap(node);
  if (isScalar(wrapped ?? undefined)) return wrapped as Scalar;
  if (wrapped === undefined) {
    const [name] = node.entries.keys();
    report('SCH2108', node, `this is not a valid ${name} of Extended JSON`);
    return null;
  }
  return toDoc(node, report);
}

/** The entries of a map in their order, whatever they look like. */
export function toDoc(map: YamlMap, report: Report): Doc {
  return new Map([...map.entries.values()].map(({ name, value }) => [name, toValue(value, report)]));
}
