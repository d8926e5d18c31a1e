import { didYouMean } from '../suggest.ts';
import type { FieldRules, FieldType } from '../types.ts';
import { enumKey } from '../same.ts';
import { toNumber, type Value } from '../value.ts';
import { entryOf, flagAt, itemsAt, nodeAt, textAt, wholeAt, type YamlNode } from '../yaml/node.ts';
import type { Place, Report } from '../yaml/place.ts';
import type { Context } from './context.ts';
import { readLiteral, type Typed } from './literal.ts';

/** The server takes up to 32,761 plain letters; a pattern that people can review is far shorter. */
const maxPatternLength = 4096;

/** Escapes that JavaScript reads and the server's PCRE refuses (51091; seen). */
const onlyJavaScript = /^(?:[^\\]|\\[^uULl])*?(\\[uULl])/;

/**
 * Reports a pattern that is too long, or that JavaScript cannot compile: what both it and the server's PCRE read is allowed.
 * It is never run here: it may take exponential time.
 */
export function checkPattern(pattern: string, place: Place, report: Report): void {
  const problem = patternProblem(pattern);
  if (problem !== null)
    report('SCH2115', place, problem, 'write a pattern that JavaScript and PCRE read alike, and no longer one');
}

function patternProblem(pattern: string): string | null {
  if (pattern.length > maxPatternLength) return `the pattern is longer than ${maxPatternLength} characters`;
  if (pattern.includes('\0')) return 'a pattern cannot hold NUL';
  try {
    new RegExp(pattern);
    const found = onlyJavaScript.exec(pattern)?.[1];
    return found === undefined ? null : `the server cannot read ${found} in a pattern`;
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: /, '');
    return `this is not a pattern that can be used: ${reason}`;
  }
}

const numeric: ReadonlySet<FieldType> = new Set<FieldType>(['int', 'long', 'double', 'decimal', 'number', 'any']);
const textual: ReadonlySet<FieldType> = new Set<FieldType>(['string', 'any']);
const listed: ReadonlySet<FieldType> = new Set<FieldType>(['array', 'any']);
const nested: ReadonlySet<FieldType> = new Set<FieldType>(['object', 'any']);

/** To which types each rule applies; a rule that no declared type can have is a mistake. */
const ruleTypes = Object.entries<readonly [types: ReadonlySet<FieldType>, what: string]>({
  minimum: [numeric, 'numbers'],
  maximum: [numeric, 'numbers'],
  exclusiveMinimum: [numeric, 'numbers'],
  exclusiveMaximum: [numeric, 'numbers'],
  minLength: [textual, 'strings'],
  maxLength: [textual, 'strings'],
  pattern: [textual, 'strings'],
  format: [textual, 'strings'],
  minItems: [listed, 'arrays'],
  maxItems: [listed, 'arrays'],
  uniqueItems: [listed, 'arrays'],
  items: [listed, 'arrays'],
  fields: [nested, 'objects'],
});

export function checkRulesFit(node: YamlNode, types: readonly FieldType[], { report }: Context): void {
  for (const [rule, [applies, what]] of ruleTypes) {
    const entry = entryOf(node, rule);
    if (entry === undefined || types.some((type) => applies.has(type))) continue;
    report('SCH2116', entry.key, `"${rule}" is a rule for ${what}, and the field is ${types.join(' or ')}`);
  }
}

function readEnum(node: YamlNode, typed: Typed, { report }: Context): readonly Value[] | undefined {
  if (nodeAt(node, 'enum')?.kind !== 'list') return undefined;
  const values = new Map<string, Value>();
  for (const item of itemsAt(node, 'enum')) {
    const value = readLiteral(item, typed, 'a value of "enum"', report);
    const same = enumKey(value);
    if (values.has(same)) report('SCH2112', item, 'this value stands in "enum" twice');
    else values.set(same, value);
  }
  if (typed.nullable) values.set(enumKey(null), null);
  return [...values.values()];
}

function readBound(node: YamlNode, name: string, typed: Typed, { report }: Context): Value | undefined {
  const found = nodeAt(node, name);
  const types = typed.types.includes('any') ? (['number'] as const) : typed.types.filter((type) => numeric.has(type));
  if (found === undefined || types.length === 0) return undefined;
  return readLiteral(found, { types, nullable: false, fields: [], items: null }, `"${name}"`, report);
}

const knownFormat = (name: string | undefined, node: YamlNode, { formats, report }: Context): string | undefined => {
  const place = nodeAt(node, 'format');
  if (name === undefined || place === undefined || formats.has(name)) return name;
  const hint = didYouMean(name, formats.keys()) ?? `known: ${[...formats.keys()].join(', ')}`;
  report('SCH2113', place, `the format "${name}" is not declared`, hint);
  return undefined;
};

/** Pairs of which the first must not be greater. */
const ranges = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
] as const;

function checkRanges(node: YamlNode, rules: FieldRules, { report }: Context): void {
  const size = (value: Value | number | undefined): number | undefined =>
    typeof value === 'number' ? value : toNumber(value);
  for (const [low, high] of ranges) {
    const [from, to] = [size(rules[low]), size(rules[high])];
    const place = entryOf(node, high)?.key;
    if (from !== undefined && to !== undefined && from > to && place !== undefined) {
      report('SCH2116', place, `"${high}" is less than "${low}", so no value is allowed`);
    }
  }
}

/** The rules of a field, its literals typed. Members stand in the order of `FieldRules`, and only if they are declared. */
export function readRules(node: YamlNode, typed: Typed, context: Context): FieldRules {
  const pattern = entryOf(node, 'pattern');
  const patternText = textAt(node, 'pattern');
  if (pattern !== undefined && patternText !== undefined) checkPattern(patternText, pattern.value, context.report);
  const rules = {
    enum: readEnum(node, typed, context),
    minimum: readBound(node, 'minimum', typed, context),
    maximum: readBound(node, 'maximum', typed, context),
    exclusiveMinimum: readBound(node, 'exclusiveMinimum', typed, context),
    exclusiveMaximum: readBound(node, 'exclusiveMaximum', typed, context),
    minLength: wholeAt(node, 'minLength'),
    maxLength: wholeAt(node, 'maxLength'),
    pattern: patternText,
    minItems: wholeAt(node, 'minItems'),
    maxItems: wholeAt(node, 'maxItems'),
    uniqueItems: flagAt(node, 'uniqueItems') ? true : undefined,
    format: knownFormat(textAt(node, 'format'), node, context),
  };
  const declared = Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)) as FieldRules;
  checkRanges(node, declared, context);
  return declared;
}
