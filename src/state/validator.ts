import type { FieldDeclaration, FieldRules, FieldType } from './types.ts';
import { type Doc, doc, docOf, type Value, whole } from './value.ts';

/** The aliases of `$type`, one a declared type; `any` is no alias (2; seen), it is no `bsonType`. */
const bsonTypes: Readonly<Record<Exclude<FieldType, 'any'>, string>> = {
  string: 'string',
  int: 'int',
  long: 'long',
  double: 'double',
  decimal: 'decimal',
  number: 'number',
  bool: 'bool',
  date: 'date',
  timestamp: 'timestamp',
  objectId: 'objectId',
  object: 'object',
  array: 'array',
  binary: 'binData',
  regex: 'regex',
  null: 'null',
};

type Formats = ReadonlyMap<string, string>;
type Keywords = Readonly<Record<string, Value | undefined>>;

/** One name, or a list of them, which must not repeat one. */
function bsonType({ types, nullable }: FieldDeclaration): Value | undefined {
  const names = new Set<string>();
  for (const type of types) {
    if (type === 'any') return undefined;
    names.add(bsonTypes[type]);
  }
  if (nullable) names.add('null');
  const [first] = names;
  return names.size === 1 ? first : [...names];
}

const size = (value: number | undefined): Value | undefined => (value === undefined ? undefined : whole(value));

/** In draft 4 an exclusive bound is a flag on its bound, so of two lower or two upper bounds one stands apart. */
function bounds(rules: FieldRules): readonly Keywords[] {
  const of = (bound: 'minimum' | 'maximum', flag: 'exclusiveMinimum' | 'exclusiveMaximum'): readonly Keywords[] => {
    const [inclusive, exclusive] = [rules[bound], rules[flag]];
    return [
      ...(inclusive === undefined ? [] : [{ [bound]: inclusive }]),
      ...(exclusive === undefined ? [] : [{ [bound]: exclusive, [flag]: true }]),
    ];
  };
  const [lower, ...moreLower] = of('minimum', 'exclusiveMinimum');
  const [upper, ...moreUpper] = of('maximum', 'exclusiveMaximum');
  return [{ ...lower, ...upper }, ...moreLower, ...moreUpper];
}

/** A format has no keyword on the server (9; seen): it is its pattern. */
function patterns({ pattern, format }: FieldRules, formats: Formats): readonly Keywords[] {
  const all = [pattern, format === undefined ? undefined : formats.get(format)];
  return all.filter((each) => each !== undefined).map((each) => ({ pattern: each }));
}

/** `required` and `properties` of an object; a field that says nothing is left out, and so is what would be empty. */
function members(declared: readonly FieldDeclaration[], formats: Formats): Keywords {
  const fields = declared.filter(({ absent }) => !absent);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  const properties = fields
    .map((field) => [field.name, schemaOf(field, formats)] as const)
    .filter(([, schema]) => schema.size > 0);
  return {
    required: required.length === 0 ? undefined : required,
    properties: properties.length === 0 ? undefined : new Map(properties),
  };
}

/** What a field may declare about its value. */
export type ValueRule = 'type' | 'enum' | 'range' | 'format';

const sizes = ({ minLength, maxLength, minItems, maxItems, uniqueItems }: FieldRules): Keywords => ({
  minLength: size(minLength),
  maxLength: size(maxLength),
  minItems: size(minItems),
  maxItems: size(maxItems),
  uniqueItems,
});

/** The same keywords by the rule that they stand for, each of them a schema of its own; a rule that is not declared has none. */
export function ruleSchemas(field: FieldDeclaration, formats: Formats): Readonly<Record<ValueRule, readonly Doc[]>> {
  const { rules } = field;
  const schemas = (...keywords: readonly Keywords[]): readonly Doc[] =>
    keywords.map(docOf).filter((schema) => schema.size > 0);
  return {
    type: schemas({ bsonType: bsonType(field) }),
    enum: schemas({ enum: rules.enum }),
    range: schemas(...bounds(rules), sizes(rules)),
    format: schemas(...patterns(rules, formats)),
  };
}

/** What would need a keyword twice stands in `allOf`. */
function schemaOf(field: FieldDeclaration, formats: Formats): Doc {
  const { rules, fields, items } = field;
  const [bound, ...moreBounds] = bounds(rules);
  const [pattern, ...morePatterns] = patterns(rules, formats);
  const more = [...moreBounds, ...morePatterns].map(docOf);
  const item = items === null ? undefined : schemaOf(items, formats);
  return docOf({
    bsonType: bsonType(field),
    enum: rules.enum,
    ...bound,
    minLength: size(rules.minLength),
    maxLength: size(rules.maxLength),
    ...pattern,
    minItems: size(rules.minItems),
    maxItems: size(rules.maxItems),
    uniqueItems: rules.uniqueItems,
    items: item === undefined || item.size === 0 ? undefined : item,
    ...members(fields, formats),
    allOf: more.length === 0 ? undefined : more,
  });
}

/**
 * The validator that holds documents to their declared fields: draft 4 with `bsonType`, as servers 4.4 to 6.0 take it.
 * Rules bind only values of the types that they are for, nested ones only where the object is there.
 * Descriptions are left out: to reword one changes nothing in a database. `formats` maps names to patterns.
 */
export function buildValidator(fields: readonly FieldDeclaration[], formats: ReadonlyMap<string, string>): Doc {
  return doc(['$jsonSchema', docOf({ bsonType: 'object', ...members(fields, formats) })]);
}
