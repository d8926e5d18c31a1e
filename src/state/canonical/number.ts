import { decimalText, wholeText } from '../numbers.ts';
import { int, isDoc, isList, isNumber, type Scalar, scalar, type Value } from '../value.ts';

const maxInt = 2n ** 31n;
const maxLong = 2n ** 63n;

/** Every digit of a double, which has a finite decimal form; a decimal128 that equals it has 34 of them at most. */
const digitsOf = ({ type, text }: Scalar): string => (type === 'double' ? Number(text).toPrecision(100) : text);

/** A decimal text without the zeros that say nothing: `2.50` and `25E-1` are one number. */
function fractionOf(text: string): string | null {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = fraction.replace(/0+$/, '');
  return decimalText(`${whole}${digits}E${Number(exponent) - digits.length}`);
}

function wholeOf(text: string): Scalar {
  const number = BigInt(text);
  const size = number < 0n ? -number - 1n : number;
  if (size < maxInt) return int(Number(number));
  return size < maxLong ? scalar('long', text) : scalar('decimal', text);
}

function numberOf(value: Scalar): Scalar {
  if (!Number.isFinite(Number(value.text))) return scalar('double', value.text);
  const digits = digitsOf(value);
  const whole = wholeText(digits);
  if (whole !== null) return wholeOf(whole);
  const fraction = fractionOf(digits);
  return fraction === null ? value : scalar('decimal', fraction);
}

/** Numbers by their value, at any depth: the server compares 3, 3.0, long 3 and decimal 3.00 as equal. */
export function byValue(value: Value): Value {
  if (isNumber(value)) return numberOf(value);
  if (isList(value)) return value.map(byValue);
  return isDoc(value) ? new Map([...value].map(([name, part]) => [name, byValue(part)])) : value;
}
