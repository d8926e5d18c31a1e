import type { CollectionType } from '../types.ts';
import { entryOf, flagAt, nodeAt, textAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import type { Context } from './context.ts';

const ofViews: ReadonlySet<string> = new Set(['viewOn', 'pipeline', 'collation']);

/** Pairs that no server (4.4 to 6.0) takes together; `off` is harmless where only `true` counts (seen). */
const apart: readonly (readonly [option: string, other: string, isOffFine: boolean])[] = [
  ['timeseries', 'capped', true],
  ['timeseries', 'clusteredIndex', false],
  ['timeseries', 'changeStreamPreAndPostImages', false],
  ['timeseries', 'recordPreImages', false],
  ['clusteredIndex', 'capped', true],
];

/** Options that need another one, with how that is said. */
const needs: readonly (readonly [option: string, others: readonly string[], hint: string])[] = [
  ['pipeline', ['viewOn'], 'name the collection that the view shows'],
  ['size', ['capped'], 'write "capped: true", or leave it out'],
  ['max', ['capped'], 'write "capped: true", or leave it out'],
  ['expireAfterSeconds', ['clusteredIndex', 'timeseries'], 'elsewhere documents expire by an index with it'],
];

const isOn = (options: YamlNode, name: string): boolean =>
  name === 'capped' ? flagAt(options, name) : entryOf(options, name) !== undefined;

function checkView(name: string, options: YamlNode, { report }: Context): void {
  if (options.kind !== 'map') return;
  for (const entry of options.entries.values()) {
    if (!ofViews.has(entry.name)) report('SCH2116', entry.key, `"${entry.name}" is no option of a view`);
  }
  const shown = entryOf(options, 'viewOn');
  if (shown !== undefined && textAt(options, 'viewOn') === name) {
    report('SCH2116', shown.value, `the view "${name}" cannot show itself`);
  }
}

function checkTimeseries({ value }: YamlEntry, { report }: Context): void {
  const [time, meta] = [textAt(value, 'timeField'), textAt(value, 'metaField')];
  for (const part of ['timeField', 'metaField'] as const) {
    const place = nodeAt(value, part);
    if (place !== undefined && textAt(value, part)?.includes('.') === true) {
      report('SCH2111', place, `"${part}" must be a field of the document itself, so it has no dots`);
    }
  }
  const place = nodeAt(value, 'metaField');
  if (place !== undefined && meta !== undefined && (meta === time || meta === '_id')) {
    report('SCH2116', place, `"metaField" cannot be ${meta === time ? 'the time field' : '_id'}`);
  }
}

/** Reports options that no server (4.4 to 6.0) takes together (72 and others; seen). */
export function checkCombinations(name: string, options: YamlNode, type: CollectionType, context: Context): void {
  const { report } = context;
  if (type === 'view') {
    checkView(name, options, context);
    return;
  }
  for (const [option, others, hint] of needs) {
    const entry = entryOf(options, option);
    if (entry === undefined || others.some((other) => isOn(options, other))) continue;
    report('SCH2116', entry.key, `"${option}" needs ${others.map((other) => `"${other}"`).join(' or ')}`, hint);
  }
  const capped = entryOf(options, 'capped');
  if (capped !== undefined && isOn(options, 'capped') && entryOf(options, 'size') === undefined) {
    report('SCH2116', capped.key, '"capped" needs "size"', 'write how many bytes it may take');
  }
  for (const [option, other, isOffFine] of apart) {
    const entry = entryOf(options, other);
    const isThere = isOffFine ? isOn(options, other) : entry !== undefined;
    if (entry !== undefined && isThere && entryOf(options, option) !== undefined) {
      report('SCH2116', entry.key, `"${other}" and "${option}" exclude each other`);
    }
  }
  const both = entryOf(options, 'recordPreImages');
  if (
    both !== undefined &&
    flagAt(options, both.name) &&
    flagAt(nodeAt(options, 'changeStreamPreAndPostImages'), 'enabled')
  ) {
    const hint = 'keep the newer changeStreamPreAndPostImages, or this one for servers 4.4 and 5.0';
    report('SCH2116', both.key, '"recordPreImages" and "changeStreamPreAndPostImages" exclude each other', hint);
  }
  const series = entryOf(options, 'timeseries');
  if (series !== undefined) checkTimeseries(series, context);
}
