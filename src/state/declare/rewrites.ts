import type { FieldDeclaration, FieldType } from '../types.ts';
import { equalValues, type Value } from '../value.ts';
import { toValue } from '../yaml/extended.ts';
import { entryOf, flagAt, textAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import type { Context, FieldPlace } from './context.ts';
import { readLiteral } from './literal.ts';
import { checkFieldName } from './names.ts';
import { checkReadOnly } from './read-only.ts';

/** What a field may declare that writes documents. */
const rewriteKeys = ['default', 'compute', 'convert', 'renamedFrom', 'absent'] as const;

type Rewrites = Pick<FieldDeclaration, 'default' | 'compute' | 'convert' | 'renamedFrom' | 'absent'>;
type Known = Omit<FieldDeclaration, keyof Rewrites>;

const noRewrites: Rewrites = {
  default: undefined,
  compute: undefined,
  convert: false,
  renamedFrom: null,
  absent: false,
};

/** A switch that says no is as if it were not written. */
function isOn({ value }: YamlEntry): boolean {
  return value.kind !== 'scalar' || value.value !== false;
}

/** What a field declares that writes documents, as written. */
export const rewriteEntries = (node: YamlNode): readonly YamlEntry[] =>
  rewriteKeys.flatMap((name) => entryOf(node, name) ?? []).filter(isOn);

function readDefault(node: YamlNode, field: Known, context: Context): Value | undefined {
  const entry = entryOf(node, 'default');
  if (entry === undefined) return undefined;
  const value = readLiteral(entry.value, field, '"default"', context.report);
  const isAllowed = field.rules.enum?.some((each) => equalValues(each, value)) ?? true;
  const wasRead = value !== null || field.nullable || field.types.includes('null') || field.types.includes('any');
  if (!isAllowed && wasRead) context.report('SCH2116', entry.value, 'the default is none of the values of "enum"');
  return value;
}

function readCompute(node: YamlNode, { report, ...context }: Context): Value | undefined {
  const entry = entryOf(node, 'compute');
  if (entry === undefined) return undefined;
  checkReadOnly(entry.value, '"compute"', { ...context, report });
  if (entryOf(node, 'default') !== undefined) {
    report('SCH2116', entry.key, '"compute" cannot stand beside "default": both fill what is missing', 'leave one out');
  }
  return toValue(entry.value, report);
}

/** Types that have no values of their own to convert to. */
const inconvertible: readonly FieldType[] = ['any', 'object', 'array', 'regex', 'binary', 'timestamp'];

function readConvert(node: YamlNode, { types }: Known, { report }: Context): boolean {
  const entry = entryOf(node, 'convert');
  if (entry === undefined || !flagAt(node, 'convert')) return false;
  const bad = types.find((type) => inconvertible.includes(type));
  if (bad !== undefined || types.every((type) => type === 'null')) {
    const to = bad === undefined ? 'null' : bad === 'any' ? 'any type' : bad;
    report('SCH2116', entry.key, `nothing is converted to ${to}`, 'declare the type that the values are to have');
  }
  return true;
}

function readRenamedFrom(node: YamlNode, { name }: Known, at: FieldPlace, { report }: Context): string | null {
  const entry = entryOf(node, 'renamedFrom');
  const former = textAt(node, 'renamedFrom');
  if (entry === undefined || former === undefined) return null;
  if (checkFieldName(former, entry.value, report) && former === name) {
    report('SCH2116', entry.value, `"${name}" already has this name`);
  } else if (former === '_id' && at.path.length === 1) {
    report(
      'SCH2116',
      entry.value,
      'every document keeps its _id, so no field can take its value away',
      'use "compute: $_id"',
    );
  }
  return former;
}

const besideAbsent: ReadonlySet<string> = new Set(['absent', 'description', 'milestone']);

/** Anything else that is said of a field that must not be there is reported. */
function readAbsent(node: YamlNode, { report }: Context): boolean {
  if (!flagAt(node, 'absent')) return false;
  for (const { name, key } of node.kind === 'map' ? node.entries.values() : []) {
    if (!besideAbsent.has(name)) report('SCH2116', key, `"${name}" cannot stand beside "absent: true"`);
  }
  return true;
}

/** Reports what cannot be written where the field stands; true where nothing can. */
function isRefused(node: YamlNode, at: FieldPlace, { report }: Context): boolean {
  const entries = rewriteEntries(node);
  const isId = at.path.join('.') === '_id';
  for (const { name, key } of entries) {
    if (isId) report('SCH2116', key, `every document keeps its _id, so it cannot have "${name}"`);
    else if (at.isItem && name !== 'convert') {
      report('SCH2116', key, `"${name}" belongs to a field, not to the items of an array`);
    }
  }
  return isId || (at.isItem && entries.some(({ name }) => name !== 'convert'));
}

/** What a field declares that writes documents. Findings are reported. */
export function readRewrites(node: YamlNode, field: Known, at: FieldPlace, context: Context): Rewrites {
  if (isRefused(node, at, context)) return noRewrites;
  if (readAbsent(node, context)) return { ...noRewrites, absent: true };
  return {
    default: readDefault(node, field, context),
    compute: readCompute(node, context),
    convert: readConvert(node, field, context),
    renamedFrom: readRenamedFrom(node, field, at, context),
    absent: false,
  };
}

/** Reports a former name that another field of the same object has, or had. */
export function checkFormerNames(
  entries: readonly YamlEntry[],
  fields: readonly FieldDeclaration[],
  { report }: Context,
): void {
  const present = new Set(fields.filter(({ absent }) => !absent).map(({ name }) => name));
  const seen = new Set<string>();
  for (const { name, value } of entries) {
    const entry = entryOf(value, 'renamedFrom');
    const former = textAt(value, 'renamedFrom');
    if (entry === undefined || former === undefined || former === name) continue;
    if (present.has(former)) report('SCH2116', entry.value, `"${former}" is still declared`, 'take its entry out');
    if (seen.has(former)) report('SCH2112', entry.value, `two fields were called "${former}"`);
    seen.add(former);
  }
}
