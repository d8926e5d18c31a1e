/** The canonical text of a double: the shortest form, with a point where it is whole. */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}

const decimalForm = /^([-+]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([-+]?[0-9]+))?$/;
const maxDigits = 34;
const maxExponent = 6111;
const minExponent = -6176;

/**
 * The canonical text of a decimal128, trailing zeros kept (`1.20`), as the server and its driver print it
 * (IEEE 754-2008 to-scientific-string). Null: not a decimal number, or not stored without loss.
 */
export function decimalText(source: string): string | null {
  if (source === 'NaN' || source === 'Infinity' || source === '-Infinity') return source;
  const found = decimalForm.exec(source);
  if (found === null) return null;
  const fraction = found[3] ?? found[4] ?? '';
  const digits = `${found[2] ?? ''}${fraction}`.replace(/^0+(?=.)/, '');
  const exponent = Number(found[5] ?? 0) - fraction.length;
  if (digits.length > maxDigits || exponent > maxExponent || exponent < minExponent) return null;
  const sign = found[1] === '-' ? '-' : '';
  const scientific = exponent + digits.length - 1;
  if (exponent <= 0 && scientific >= -6) return sign + withPoint(digits, -exponent);
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${sign}${mantissa}E${scientific >= 0 ? '+' : ''}${scientific}`;
}

function withPoint(digits: string, places: number): string {
  if (places === 0) return digits;
  const padded = digits.padStart(places + 1, '0');
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

/** The whole number that a decimal text stands for, `1.0` and `1E+3` included; null if it has a fraction. */
export function wholeText(source: string): string | null {
  const found = decimalForm.exec(source);
  if (found === null) return null;
  const fraction = found[3] ?? found[4] ?? '';
  const shift = Number(found[5] ?? 0) - fraction.length;
  const digits = `${found[2] ?? ''}${fraction}`;
  if (Math.abs(shift) > 400) return null;
  const kept = shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, shift);
  const lost = shift >= 0 ? '' : digits.slice(shift);
  if (/[1-9]/.test(lost)) return null;
  return String(BigInt(kept === '' ? '0' : kept) * (found[1] === '-' ? -1n : 1n));
}
