import { fieldTypes } from '../types.ts';
import {
  anyMap,
  anyValue,
  flag,
  type JsonSchema,
  listOf,
  mapOf,
  milestone,
  name,
  record,
  ref,
  text,
  whole,
} from './schema.ts';

const types: JsonSchema = {
  description:
    'What values the field may have: one type, or a list of types of which any will do. `number` stands for int, long, double and decimal; `any` for everything.',
  anyOf: [
    { type: 'string', enum: fieldTypes },
    { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: fieldTypes } },
  ],
};

/** One declared field, an object's nested field, or the items of an array. */
export const field: JsonSchema = record('One field: its type, its rules, and what documents that lack it get.', {
  type: types,
  description: text('What the field means, for people.'),
  milestone,
  required: flag('Every document has the field, a nested one wherever its object is. Default: false.'),
  nullable: flag('Null is allowed beside the types, and beside the values of `enum`. Default: false.'),
  default: anyValue(
    'What documents that lack the field get: always a literal of the declared type, even if it looks like an operator. Values that are there, null included, are never overwritten.',
  ),
  enum: listOf(anyValue('A value of the declared type.'), 'The only values allowed.', 1),
  minimum: anyValue('The smallest number allowed.'),
  maximum: anyValue('The largest number allowed.'),
  exclusiveMinimum: anyValue('Numbers must be greater than this.'),
  exclusiveMaximum: anyValue('Numbers must be less than this.'),
  minLength: whole('The fewest characters of a text.', 0),
  maxLength: whole('The most characters of a text.', 0),
  pattern: name('A regular expression that texts must match somewhere; anchor it with ^ and $.'),
  format: name(
    'A named pattern: email, uuid, date, date-time, or one declared under `formats`. It judges the form alone: 2025-02-30 has the format date.',
  ),
  minItems: whole('The fewest items of an array.', 0),
  maxItems: whole('The most items of an array.', 0),
  uniqueItems: flag('No two items of an array are equal.'),
  fields: mapOf(ref('field'), 'The fields of an object.'),
  items: ref('field'),
  compute: anyValue('An aggregation expression; its value is written where the field is missing.'),
  convert: flag(
    'Stored values of another type are converted where that loses nothing; a value that would lose something stops the plan.',
  ),
  renamedFrom: name('The former name of the field, in the same object: values move to the new name.'),
  absent: flag('The field is removed from every document; what goes is kept for a rollback.'),
});

/** A reference between collections. */
export const link: JsonSchema = record(
  'A reference: every value of `field` must stand in the field that `references` names.',
  {
    field: name('The field that holds the reference, as a dotted path.'),
    references: name('The collection and field that it points to, such as `customers.id`.'),
    description: text('What the link means, for people.'),
    milestone,
    optional: flag('Null or missing is no orphan. Default: false.'),
    severity: ref('severity'),
    index: flag('An index on the field is planned if none supports it. Default: false, then a plan only advises one.'),
    populate: record(
      'The field is filled where it is null or missing, from the one document that matches. Null and missing match nothing; an array on either side is ambiguous.',
      {
        match: mapOf(
          { type: 'string' },
          'Fields of this collection, each with the field of the other one that must be equal.',
        ),
        where: anyMap('A filter on the documents of the other collection.'),
        ambiguous: {
          type: 'string',
          enum: ['skip', 'fail'],
          description:
            'What to do where several documents match: leave the field alone (skip, the default) or refuse the plan.',
        },
      },
      ['match'],
    ),
  },
  ['field', 'references'],
);

/** A named data rule. */
export const check: JsonSchema = record(
  'A rule on the data that `schemactl check` looks after: exactly one of where, duplicate and pipeline.',
  {
    description: text('What a finding means, for people.'),
    severity: ref('severity'),
    where: anyMap('A filter; each document that matches is a finding.'),
    duplicate: listOf(
      name('A field, as a dotted path.'),
      'Fields whose values may stand together in one document only.',
      1,
    ),
    sum: name('A field that is added up over the documents that are one too many, for `duplicate`.'),
    pipeline: listOf(
      { type: 'object', minProperties: 1, maxProperties: 1 },
      'Read-only aggregation stages; each document that comes out is a finding.',
      1,
    ),
  },
);
