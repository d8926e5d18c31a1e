import { int, toNumber, type Value } from '../value.ts';

/** A number by its value: the server compares 3, 3.0 and long 3 as equal. Whole numbers that fit become int. */
export function byValue(value: Value): Value {
  const number = toNumber(value);
  if (number === undefined || !Number.isInteger(number) || Math.abs(number) >= 2 ** 31) return value;
  return int(number === 0 ? 0 : number);
}
