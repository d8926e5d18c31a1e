import { canonical } from './encode.ts';
import { isDoc, isList, isNumber, type Value } from './value.ts';

const form = /^(-?)([0-9]+)\.?([0-9]*)(?:[eE]([-+]?[0-9]+))?$/;

/** A number by its value, whatever its type: `1e0` for int 1 and double 1.0. A double counts with 34 digits, as beside a decimal. */
function numberKey(type: string, text: string): string {
  const found = form.exec(type === 'double' ? Number(text).toPrecision(34) : text);
  if (found === null) return text;
  const [, sign, whole, fraction = '', exponent = '0'] = found;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '0' : `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

function comparable(value: Value): unknown {
  if (isList(value)) return value.map(comparable);
  if (isDoc(value)) {
    const members = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
    return { document: members.map(([name, item]) => [name, comparable(item)]) };
  }
  return isNumber(value) ? { number: numberKey(value.type, value.text) } : value;
}

/**
 * Text that is equal for values which the `enum` of a server's $jsonSchema takes for the same:
 * numbers by value, documents in any order of their names (4.4 to 6.0; seen: it refuses to list both).
 */
export function enumKey(value: Value): string {
  return canonical(comparable(value));
}
