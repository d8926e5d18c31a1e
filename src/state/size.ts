import { isDoc, isList, isScalar, type Value } from './value.ts';

/** Bytes of a text in UTF-8, or more. */
const textSize = (text: string): number => (isAscii(text) ? text.length : text.length * 3);

const isAscii = (text: string): boolean => /^[ -~\t\n\r]*$/u.test(text);

/** At least as many bytes as a value has in BSON, and seldom many more. */
export function roughSize(value: Value): number {
  if (typeof value === 'string') return textSize(value) + 8;
  if (isDoc(value)) {
    let sum = 8;
    for (const [name, item] of value) sum += textSize(name) + 2 + roughSize(item);
    return sum;
  }
  if (isList(value)) return value.reduce<number>((sum, item) => sum + 8 + roughSize(item), 8);
  if (!isScalar(value)) return 8;
  return value.text.length <= 32 ? 32 : textSize(value.text) + 16;
}
