import type { FieldDeclaration } from './types.ts';

/** The declared field at the end of a path, through the items of arrays on the way. */
export function fieldAt(fields: readonly FieldDeclaration[], path: readonly string[]): FieldDeclaration | undefined {
  const [name, ...rest] = path;
  const found = fields.find((field) => field.name === name && !field.absent);
  if (rest.length === 0 || found === undefined) return found;
  return fieldAt(found.items === null ? found.fields : [...found.fields, ...found.items.fields], rest);
}
