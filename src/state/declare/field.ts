import { addressOf } from '../address.ts';
import { type FieldDeclaration, type FieldType, fieldTypes } from '../types.ts';
import { entriesAt, flagAt, nodeAt, textAt, textOf, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { type Context, type FieldPlace, milestoneOf, recordSource } from './context.ts';
import { checkFieldName } from './names.ts';
import { checkFormerNames, readRewrites } from './rewrites.ts';
import { checkRulesFit, readRules } from './rules.ts';

const isFieldType = (text: string | undefined): text is FieldType =>
  text !== undefined && (fieldTypes as readonly string[]).includes(text);

/** The declared types in their order; `any` where none is declared. Unknown ones were reported with the shape. */
function typesOf(node: YamlNode): readonly FieldType[] {
  const declared = nodeAt(node, 'type');
  const texts = declared?.kind === 'list' ? declared.items.map(textOf) : [textOf(declared)];
  const types = texts.filter(isFieldType);
  return types.length === 0 ? ['any'] : types;
}

function readField(name: string, node: YamlNode, at: FieldPlace, context: Context): FieldDeclaration {
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
    items: items?.kind === 'map' ? readField('', items, { ...at, isItem: true }, context) : null,
  };
  const field = { ...shape, rules: readRules(node, shape, context) };
  return { ...field, ...readRewrites(node, field, at, context) };
}

/** The fields of a collection or an object in their order, their literals typed. Findings are reported. */
export function readFields(
  entries: readonly YamlEntry[],
  at: FieldPlace,
  context: Context,
): readonly FieldDeclaration[] {
  const fields = entries.map(({ name, key, value }) => {
    checkFieldName(name, key, context.report);
    const path = [...at.path, name];
    recordSource(context, addressOf.field(at.collection, path), key);
    return readField(name, value, { ...at, path, isItem: false }, context);
  });
  checkFormerNames(entries, fields, context);
  return fields;
}
