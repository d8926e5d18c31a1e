/** A JSON Schema (draft-07) or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Properties = Readonly<Record<string, JsonSchema>>;

/** Text of any length. */
export const text = (description: string): JsonSchema => ({ type: 'string', description });

export const name = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });

export const flag = (description: string): JsonSchema => ({ type: 'boolean', description });

export const whole = (description: string, minimum?: number, maximum?: number): JsonSchema => ({
  type: 'integer',
  ...(minimum === undefined ? {} : { minimum }),
  ...(maximum === undefined ? {} : { maximum }),
  description,
});

export const oneOfWords = (words: readonly string[], description: string): JsonSchema => ({
  type: 'string',
  enum: words,
  description,
});

/** A value of the user's own: judged in code, where its declared type is known. */
export const anyValue = (description: string): JsonSchema => ({ description });

/** A map of the user's own (filter, expression): its keys are MongoDB's language, not ours. */
export const anyMap = (description: string): JsonSchema => ({ type: 'object', description });

/** The same where an empty one means nothing. */
export const someMap = (description: string): JsonSchema => ({ type: 'object', minProperties: 1, description });

export const listOf = (items: JsonSchema, description: string, minItems?: number): JsonSchema => ({
  type: 'array',
  items,
  ...(minItems === undefined ? {} : { minItems }),
  description,
});

/** A map from names of the user's choice. */
export const mapOf = (values: JsonSchema, description: string): JsonSchema => ({
  type: 'object',
  additionalProperties: values,
  description,
});

/** A map with fixed keys. */
export const record = (description: string, properties: Properties, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
  description,
});

/** A reference to one of the definitions in `language.ts`. */
export const ref = (definition: string): JsonSchema => ({ $ref: `#/definitions/${definition}` });

export const milestone: JsonSchema = name(
  'The milestone that this belongs to; it must be declared under `milestones`.',
);

export const severities = ['critical', 'high', 'medium', 'low'] as const;
