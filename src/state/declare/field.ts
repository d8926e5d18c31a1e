import { addressOf } from '../address.ts';
import { type FieldDeclaration, type FieldType, fieldTypes } from '../types.ts';
import { equalValues, type Value } from '../value.ts';
import { entriesAt, entryOf, flagAt, nodeAt, textAt, textOf, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { type Context, milestoneOf, notYet, recordSource } from './context.ts';
import { readLiteral } from './literal.ts';
import { checkFieldName } from './names.ts';
import { checkRulesFit, readRules } from './rules.ts';

/** Where a field stands: its collection, and the names that lead to it (array items add none). */
export interface FieldPlace {
  readonly collection: string;
  readonly path: readonly string[];
  readonly isInArray: boolean;
}

const isFieldType = (text: string | undefined): text is FieldType =>
  text !== undefined && (fieldTypes as readonly string[]).includes(text);

/** The declared types in their order; `any` where none is declared. Unknown ones were reported with the shape. */
function typesOf(node: YamlNode): readonly FieldType[] {
  const declared = nodeAt(node, 'type');
  const texts = declared?.kind === 'list' ? declared.items.map(textOf) : [textOf(declared)];
  const types = texts.filter(isFieldType);
  return types.length === 0 ? ['any'] : types;
}

function readDefault(node: YamlNode, field: FieldDeclaration, at: FieldPlace, context: Context): Value | undefined {
  const entry = entryOf(node, 'default');
  if (entry === undefined) return undefined;
  if (at.isInArray) {
    context.report('SCH2106', entry.key, '"default" is not yet supported inside array items', 'leave it out for now');
    return undefined;
  }
  if (at.path.join('.') === '_id') {
    context.report('SCH2116', entry.key, 'every document has an _id, so it needs no "default"');
    return undefined;
  }
  const value = readLiteral(entry.value, field, '"default"', context.report);
  const isAllowed = field.rules.enum?.some((each) => equalValues(each, value)) ?? true;
  const wasRead = value !== null || field.nullable || field.types.includes('null') || field.types.includes('any');
  if (!isAllowed && wasRead) context.report('SCH2116', entry.value, 'the default is none of the values of "enum"');
  return value;
}

function readField(name: string, node: YamlNode, at: FieldPlace, context: Context): FieldDeclaration {
  notYet(context, node, 'compute', 'convert', 'renamedFrom', 'absent');
  const types = typesOf(node);
  checkRulesFit(node, types, context);
  const items = nodeAt(node, 'items');
  const shape = {
    name,
    description: textAt(node, 'description') ?? null,
    types,
    required: flagAt(node, 'required'),
    nullable: flagAt(node, 'nullable'),
    milestone: milestoneOf(node, context),
    fields: readFields(entriesAt(node, 'fields'), at, context),
    items: items?.kind === 'map' ? readField('', items, { ...at, isInArray: true }, context) : null,
  };
  const field = { ...shape, default: undefined, rules: readRules(node, shape, context) };
  return { ...field, default: readDefault(node, field, at, context) };
}

/** The fields of a collection or an object in their order, their literals typed. Findings are reported. */
export function readFields(
  entries: readonly YamlEntry[],
  at: FieldPlace,
  context: Context,
): readonly FieldDeclaration[] {
  return entries.map(({ name, key, value }) => {
    checkFieldName(name, key, context.report);
    const path = [...at.path, name];
    recordSource(context, addressOf.field(at.collection, path), key);
    return readField(name, value, { ...at, path }, context);
  });
}

/** The field at a dotted path, through objects and array items; undefined if it is not declared. */
export function fieldAt(fields: readonly FieldDeclaration[], path: string): FieldDeclaration | undefined {
  const [first, ...rest] = path.split('.');
  const found = fields.find(({ name }) => name === first);
  if (found === undefined || rest.length === 0) return found;
  for (let holder: FieldDeclaration | null = found; holder !== null; holder = holder.items) {
    const inner = fieldAt(holder.fields, rest.join('.'));
    if (inner !== undefined) return inner;
  }
  return undefined;
}
