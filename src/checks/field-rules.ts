import { addressOf } from '../state/address.ts';
import type { CollectionDeclaration, FieldDeclaration } from '../state/types.ts';
import { ruleSchemas, type ValueRule } from '../state/validator.ts';
import { type Doc, doc } from '../state/value.ts';
import { mergeSchemas } from './merge-schemas.ts';
import { refusesNull } from './reference.ts';

export type FieldRuleKind = 'required' | 'settled' | ValueRule;

/** One rule of one declared field: the part of the validator that says it, alone. */
export interface FieldRule {
  readonly rule: FieldRuleKind;
  readonly address: string;
  readonly milestone: string | null;
  readonly field: FieldDeclaration;
  /** A `$jsonSchema` that fails exactly the documents that break the rule. */
  readonly schema: Doc;
}

export interface RuleContext {
  /** Built-in and declared formats: name to pattern. */
  readonly formats: ReadonlyMap<string, string>;
  /** Whether documents without the field were given its default before: those that lack it came later. */
  readonly isSettled: (address: string) => boolean;
}

interface Place {
  readonly collection: string;
  readonly path: readonly string[];
  readonly milestone: string | null;
  /** Sets a schema for the value that stands here at its place in a schema for the document. */
  readonly within: (schema: Doc) => Doc;
}

/** Which of several findings about a missing field is told: `required` says it already. */
function missingRule(
  field: FieldDeclaration,
  address: string,
  { isSettled }: RuleContext,
): 'required' | 'settled' | null {
  if (field.required) return 'required';
  return field.default !== undefined && isSettled(address) ? 'settled' : null;
}

/** Null where the type refuses it is told by `type` alone, not by `enum` too. */
function withNull(field: FieldDeclaration): FieldDeclaration {
  const { rules } = field;
  if (rules.enum === undefined || !refusesNull(field) || rules.enum.includes(null)) return field;
  return { ...field, rules: { ...rules, enum: [...rules.enum, null] } };
}

/** The rules on a value, and on what is nested in it; an array's items stand at its own address. */
function valueRules(field: FieldDeclaration, place: Place, context: RuleContext): readonly FieldRule[] {
  const { collection, path, milestone, within } = place;
  const address = addressOf.field(collection, path);
  const own = Object.entries(ruleSchemas(withNull(field), context.formats)).flatMap(([rule, schemas]) =>
    schemas.map((schema) => ({ rule: rule as ValueRule, address, milestone, field, schema: within(schema) })),
  );
  const items = (schema: Doc): Doc => within(doc(['items', schema]));
  return [
    ...own,
    ...rulesWithin(field.fields, place, context),
    ...(field.items === null ? [] : valueRules(field.items, { ...place, within: items }, context)),
  ];
}

function rulesWithin(fields: readonly FieldDeclaration[], place: Place, context: RuleContext): readonly FieldRule[] {
  const { collection, within } = place;
  return fields.flatMap((field) => {
    const path = [...place.path, field.name];
    const address = addressOf.field(collection, path);
    const milestone = field.milestone ?? place.milestone;
    const inner = (schema: Doc): Doc => within(doc(['properties', doc([field.name, schema])]));
    const missing = missingRule(field, address, context);
    const required = within(doc(['required', [field.name]]));
    return [
      ...(missing === null ? [] : [{ rule: missing, address, milestone, field, schema: required }]),
      ...valueRules(field, { collection, path, milestone, within: inner }, context),
    ];
  });
}

/**
 * The rules of a collection's fields, one for each address and kind, in the order of the declaration. Together they
 * fail exactly the documents that the validator built from these fields refuses, and those that lack a settled default.
 */
export function fieldRules(declaration: CollectionDeclaration, context: RuleContext): readonly FieldRule[] {
  const place = {
    collection: declaration.name,
    path: [],
    milestone: declaration.milestone,
    within: (schema: Doc) => schema,
  };
  const byKey = new Map<string, FieldRule[]>();
  for (const rule of rulesWithin(declaration.fields, place, context)) {
    const key = `${rule.rule} ${rule.address}`;
    byKey.set(key, [...(byKey.get(key) ?? []), rule]);
  }
  return [...byKey.values()].map((same) => {
    const [first] = same as [FieldRule, ...FieldRule[]];
    return { ...first, schema: mergeSchemas(same.map(({ schema }) => schema)) };
  });
}
