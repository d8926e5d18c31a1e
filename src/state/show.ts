import { isDoc, isList, isScalar, type Value } from './value.ts';
import { printable } from './frame.ts';

/** A value as a person writes it, in one short line. */
export function showValue(value: Value): string {
  return printable(show(value));
}

/** A date beyond JavaScript's range is shown as the server holds it: milliseconds since 1970. */
function dateText(milliseconds: number): string {
  return Math.abs(milliseconds) > 8.64e15 ? `${milliseconds} ms` : new Date(milliseconds).toISOString();
}

function show(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (isDoc(value)) return `{ ${[...value].map(([name, item]) => `${name}: ${show(item)}`).join(', ')} }`;
  if (isList(value)) return `[${value.map(show).join(', ')}]`;
  if (!isScalar(value)) return '';
  if (value.type === 'date') return dateText(Number(value.text));
  return value.text;
}

/** An id as it stands in a list of examples: the end of an ObjectId is what tells two apart. */
export function showId(value: Value): string {
  return isScalar(value) && value.type === 'objectId' ? `…${value.text.slice(-6)}` : showValue(value);
}
