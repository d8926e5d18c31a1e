import { type Doc, doc, isDoc, isList, type Value } from '../state/value.ts';

const structural = ['required', 'properties', 'items', 'allOf'] as const;

const docAt = (schema: Doc, name: string): Doc | undefined => {
  const value = schema.get(name);
  return isDoc(value) ? value : undefined;
};
const listAt = (schema: Doc, name: string): readonly Value[] => {
  const value = schema.get(name);
  return isList(value) ? value : [];
};

function mergeProperties(schemas: readonly Doc[]): Doc {
  const byName = new Map<string, Doc[]>();
  for (const schema of schemas) {
    for (const [name, inner] of schema) {
      if (!isDoc(inner)) continue;
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [inner]);
      else same.push(inner);
    }
  }
  return new Map([...byName].map(([name, inner]) => [name, mergeSchemas(inner)]));
}

/**
 * One schema that holds for exactly the documents for which each of these holds, with every path looked at once.
 * They are made of `required`, `properties`, `items`, `allOf` and keywords on values; keywords that are already
 * taken (bounds with their flags stay together) go to `allOf`.
 */
export function mergeSchemas(schemas: readonly Doc[]): Doc {
  const merged = new Map<string, Value>();
  const further: Value[] = schemas.flatMap((schema) => listAt(schema, 'allOf'));
  for (const schema of schemas) {
    const own = [...schema].filter(([name]) => !(structural as readonly string[]).includes(name));
    if (own.some(([name]) => merged.has(name))) further.push(new Map(own));
    else for (const [name, value] of own) merged.set(name, value);
  }
  const required = new Set(schemas.flatMap((schema) => listAt(schema, 'required')));
  const properties = schemas.flatMap((schema) => docAt(schema, 'properties') ?? []);
  const items = schemas.flatMap((schema) => docAt(schema, 'items') ?? []);
  if (required.size > 0) merged.set('required', [...required]);
  if (properties.length > 0) merged.set('properties', mergeProperties(properties));
  if (items.length > 0) merged.set('items', mergeSchemas(items));
  if (further.length > 0) merged.set('allOf', further);
  return merged;
}

/** A filter: documents for which a schema does not hold. */
export function fails(schema: Doc): Doc {
  return doc(['$nor', [doc(['$jsonSchema', schema])]]);
}
