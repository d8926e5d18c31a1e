import { canonical } from '../encode.ts';
import { type Doc, isDoc, isList, type Value } from '../value.ts';
import { byValue } from './number.ts';

/** Keywords whose lists are sets. */
const sets = new Set(['required', 'bsonType', 'type', 'enum']);
/** Keywords whose operand holds names of the documents' own, each with a schema. */
const maps = new Set(['properties', 'patternProperties', 'dependencies']);

const bySortedName = (entries: readonly (readonly [string, Value])[]): Doc =>
  new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

function keywordOf(name: string, value: Value): Value {
  if (sets.has(name) && isList(value)) return [...value].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
  if (maps.has(name) && isDoc(value)) return bySortedName([...value].map(([key, part]) => [key, schemaOf(part)]));
  if (isList(value)) return value.map(schemaOf);
  return isDoc(value) ? schemaOf(value) : byValue(value);
}

/** A JSON Schema: the order of keywords, properties and sets means nothing. */
function schemaOf(schema: Value): Value {
  if (!isDoc(schema)) return byValue(schema);
  return bySortedName([...schema].map(([name, value]) => [name, keywordOf(name, value)]));
}

/** A validator in the form in which two are compared; what stands outside `$jsonSchema` is compared as written. */
export function canonicalValidator(validator: Doc | null): Doc | null {
  if (validator === null) return null;
  return new Map(
    [...validator].map(([name, value]) => [
      name,
      name === 'rule' && isDoc(value)
        ? new Map([...value].map(([part, inner]) => [part, part === '$jsonSchema' ? schemaOf(inner) : inner]))
        : value,
    ]),
  );
}
