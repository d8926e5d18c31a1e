import { type JsonSchema, listOf } from '../../state/language/schema.ts';

type Members = Readonly<Record<string, JsonSchema>>;

/** An object with these members, all of them always there, and perhaps others in later versions. */
export const shape = (description: string, members: Members, optional: Members = {}): JsonSchema => ({
  type: 'object',
  description,
  properties: { ...members, ...optional },
  required: Object.keys(members),
});

export const text = (description: string): JsonSchema => ({ type: 'string', description });
export const words = (description: string, values: readonly string[]): JsonSchema => ({
  type: 'string',
  enum: values,
  description,
});
export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });
/** A whole number from 0. */
export const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
export const number = (description: string): JsonSchema => ({ type: 'number', description });
export const any = (description: string): JsonSchema => ({ description });
export const constant = (value: string | number): JsonSchema => ({ const: value });
export const texts = (description: string): JsonSchema => listOf({ type: 'string' }, description);
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [{ type: 'null' }, schema] });
export const records = (description: string, values: JsonSchema): JsonSchema => ({
  type: 'object',
  additionalProperties: values,
  description,
});
export { listOf as list };

/** The document of a whole shape. */
export const document = (title: string, { description, ...schema }: JsonSchema): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title,
  description,
  ...schema,
});

export const version = { formatVersion: { const: 1, description: 'The version of this format.' } };
export const id = any(
  'Canonical Extended JSON; an ordered document is { "$doc": [[name, value], …] }, so that no parser can move its names.',
);
export const address = text(
  'What it is about: orders, orders.validator, orders.fields.a, orders.indexes.a_1, orders.links.user.',
);
export const severity = words('How bad it is.', ['critical', 'high', 'medium', 'low']);
