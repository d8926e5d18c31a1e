import { type Doc, isDoc, isList, isScalar, type Value } from '../../state/value.ts';

/** What was seen under one name, or of the items of one array. Holds names and types, never a value. */
export interface Shape {
  /** How often something stood there. */
  seen: number;
  /** How often each BSON type did. */
  readonly types: Map<string, number>;
  /** The sum of the places it had among its siblings. */
  places: number;
  readonly fields: Map<string, Shape>;
  items: Shape | null;
  /** Names that were met when there was no more room. */
  unlisted: number;
}

const newShape = (): Shape => ({ seen: 0, types: new Map(), places: 0, fields: new Map(), items: null, unlisted: 0 });

/** The shapes of documents are gathered one document at a time, so that a sample need not fit into memory. */
export interface Inference {
  readonly root: Shape;
  /** How many more names are remembered: documents may use values as names. */
  room: number;
}

const mostNames = 5000;

export const newInference = (): Inference => ({ root: newShape(), room: mostNames });

function typeOf(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (isDoc(value)) return 'object';
  if (isList(value)) return 'array';
  return isScalar(value) ? value.type : 'unknown';
}

function fieldOf(shape: Shape, name: string, inference: Inference): Shape | null {
  const known = shape.fields.get(name);
  if (known !== undefined) return known;
  if (inference.room === 0) return null;
  inference.room -= 1;
  const made = newShape();
  shape.fields.set(name, made);
  return made;
}

function addValue(shape: Shape, value: Value, inference: Inference): void {
  const type = typeOf(value);
  shape.seen += 1;
  shape.types.set(type, (shape.types.get(type) ?? 0) + 1);
  if (isDoc(value)) addFields(shape, value, inference);
  if (!isList(value)) return;
  shape.items ??= newShape();
  for (const item of value) addValue(shape.items, item, inference);
}

function addFields(shape: Shape, document: Doc, inference: Inference): void {
  let place = 0;
  for (const [name, value] of document) {
    const field = fieldOf(shape, name, inference);
    if (field === null) shape.unlisted += 1;
    else {
      field.places += place;
      addValue(field, value, inference);
    }
    place += 1;
  }
}

/** Adds what one document shows. */
export function addDocument(inference: Inference, document: Doc): void {
  addValue(inference.root, document, inference);
}
