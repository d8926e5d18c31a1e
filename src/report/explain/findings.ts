import { entry, type Explanations } from './entry.ts';

/** What `check` finds documents to be against; a declared check goes by its own name. */
export const findingRules: Explanations = {
  required: entry(
    'A required field is missing',
    'Every document must have it, a nested one wherever its object is.',
    'Mend the documents, give the field a default, or take "required" away.',
  ),
  type: entry(
    'A value has another type than its field',
    'Comparisons and indexes tell types apart, so such documents are not found by queries for the declared type.',
    'Convert them where nothing is lost: convert: true',
    'Or declare the type too: type: [int, string]',
  ),
  enum: entry(
    'A value is none of those allowed',
    'Code that knows the allowed values does not know what to do with it.',
    'Change these values, or add them to "enum".',
  ),
  range: entry(
    'A value is out of bounds',
    'A number, a length or a number of items is beyond what is declared.',
    'Change these values, or the bounds.',
  ),
  format: entry(
    'A text does not match its pattern',
    'The pattern is the named format or "pattern" of the field, as the server reads it: it judges the form alone, so 2025-02-30 has the format date, and $ also stands before a line break at the very end; (?![\\s\\S]) in its place stands at the end only.',
    'Change these values, or the pattern.',
  ),
  orphan: entry(
    'A reference leads nowhere',
    'No document of the other collection holds this value. Each was looked up twice, since two collections are not read at one moment. Elements of an array are references each; an empty array refers to nothing and is no orphan, also of a link that is not optional (minItems: 1 asks for one). Null and missing are orphans of a link that is not optional, but for what the rules type and required of the field tell already.',
    'Remove or mend the references, bring the other documents back, or: optional: true where null may stand.',
  ),
  settled: entry(
    'Documents came later without a declared default',
    'The default was filled in by a run, and documents were written since that lack it.',
    'Deploy code that writes the field.',
    'Fill them: schemactl apply --check-data full',
  ),
};
