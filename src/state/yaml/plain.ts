import { doubleText } from '../numbers.ts';
import { scalar, type Value } from '../value.ts';

/** What a plain scalar means, or why it cannot be taken. */
export type Plain = { readonly value: Value } | { readonly problem: string; readonly hint: string };

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const trues = new Set(['true', 'True', 'TRUE']);
const falses = new Set(['false', 'False', 'FALSE']);
const whole = /^[-+]?[0-9]+$/;
const real = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const otherBase = /^0(?:o[0-7]+|x[0-9a-fA-F]+|b[01]+)$/;
const leadingZero = /^[-+]?0[0-9]/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

const int32 = 2n ** 31n;
const int64 = 2n ** 63n;

const quote = (text: string): string => `quote it if text is meant: "${text}"`;

function readWhole(text: string): Plain {
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value >= -int32 && value < int32) return { value: scalar('int', String(value)) };
  if (value >= -int64 && value < int64) return { value: scalar('long', String(value)) };
  return {
    problem: `${text} is beyond the largest whole number that MongoDB stores`,
    hint: 'write { $numberDecimal: "…" }, or quote it if text is meant',
  };
}

/**
 * Reads a plain scalar by the YAML 1.2 core schema, so `no`, `on` and bare dates are text.
 * Numbers come from the source text, never through a JavaScript number: 9007199254740993 stays exact.
 * Refused are numbers that YAML 1.1 and 1.2 read differently (`0777`, `0x1F`) and what no document should hold by accident.
 */
export function readPlain(text: string): Plain {
  if (nulls.has(text)) return { value: null };
  if (trues.has(text)) return { value: true };
  if (falses.has(text)) return { value: false };
  if (notFinite.test(text)) {
    return { problem: `${text} is not a number that can be declared`, hint: quote(text) };
  }
  if (otherBase.test(text) || (leadingZero.test(text) && real.test(text))) {
    return { problem: `${text} is ambiguous: YAML readers disagree on its value`, hint: quote(text) };
  }
  if (whole.test(text)) return readWhole(text);
  if (!real.test(text)) return { value: text };
  const value = Number(text);
  if (Number.isFinite(value)) return { value: scalar('double', doubleText(value)) };
  return { problem: `${text} is too large for a double`, hint: quote(text) };
}
