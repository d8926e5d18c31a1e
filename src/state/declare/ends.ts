import type { CollectionDeclaration, FieldDeclaration, FieldType } from '../types.ts';

/** The field at a dotted path, through objects and array items; undefined if it is not declared. */
export function fieldAt(fields: readonly FieldDeclaration[], path: string): FieldDeclaration | undefined {
  const [first, ...rest] = path.split('.');
  const found = fields.find(({ name }) => name === first);
  if (found === undefined || rest.length === 0) return found;
  for (let holder: FieldDeclaration | null = found; holder !== null; holder = holder.items) {
    const inner = fieldAt(holder.fields, rest.join('.'));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const all = 'all';
type Comparable = ReadonlySet<string> | typeof all;

const numbers: ReadonlySet<FieldType> = new Set<FieldType>(['int', 'long', 'double', 'decimal', 'number']);

/** The kinds of value that a field can be compared by: numbers of every type are equal by value; an array stands for its items. */
function comparable(field: FieldDeclaration): Comparable {
  const kinds = new Set<string>();
  for (const type of field.types) {
    if (type === 'any') return all;
    if (type === 'array') {
      const inner = field.items === null ? all : comparable(field.items);
      if (inner === all) return all;
      for (const kind of inner) kinds.add(kind);
    } else if (type !== 'null') kinds.add(numbers.has(type) ? 'number' : type);
  }
  return kinds;
}

/** Whether some value of one field can equal one of the other. */
export function agree(a: FieldDeclaration, b: FieldDeclaration): boolean {
  const [left, right] = [comparable(a), comparable(b)];
  if (left === all || right === all || left.size === 0 || right.size === 0) return true;
  return [...left].some((kind) => right.has(kind));
}

/** What to do where two ends do not agree. */
export const sameType = 'declare the same type at both ends, or link fields that hold the same';

/** Every document has an _id, whether it is declared or not. */
const implicitId: FieldDeclaration = {
  name: '_id',
  description: null,
  types: ['any'],
  required: true,
  nullable: false,
  default: undefined,
  compute: undefined,
  convert: false,
  renamedFrom: null,
  absent: false,
  milestone: null,
  rules: {},
  fields: [],
  items: null,
};

/** The declaration of a field of a collection, at a dotted path. */
export const declaredAt = (collection: CollectionDeclaration, path: string): FieldDeclaration | undefined =>
  fieldAt(collection.fields, path) ?? (path === '_id' ? implicitId : undefined);

export const typeNames = (field: FieldDeclaration): string => field.types.join(' or ');
