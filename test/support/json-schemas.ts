import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { jsonSchemas } from '../../src/report/schemas/shapes.ts';

/** Members may be added later, so that the schemas allow more; a test must see what they do not mention. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  return 'properties' in inner && inner['additionalProperties'] === undefined
    ? { ...inner, additionalProperties: false }
    : inner;
}

const ajv = new Ajv({ allowUnionTypes: true, strictRequired: false });
const validators = new Map(
  Object.entries(jsonSchemas).map(([name, schema]) => [name, ajv.compile(closed(schema) as object)]),
);

/** Expects JSON text to be what the shipped schema of this name says, and to hold nothing that it does not mention. */
export function expectShape(name: string, json: string): void {
  const validate = validators.get(name)!;
  expect(
    validate(JSON.parse(json)),
    `${name}: ${JSON.stringify(validate.errors, null, 1)}\n${json.slice(0, 2000)}`,
  ).toBe(true);
}

/** Whether it is that. */
export const hasShape = (name: string, value: unknown): boolean => validators.get(name)!(value);
