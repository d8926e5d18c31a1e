/** `48,210` */
export function grouped(count: number): string {
  // Node sets up a locale at the first use of one (10 ms).
  return count > -1000 && count < 1000 ? String(count) : count.toLocaleString('en-US');
}

/** `1 document`, `48,210 documents` */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : many}`;
}

/** `1 document matches none`, `2 documents match none` */
export const documentsThat = (count: number, [one, many]: readonly [one: string, many: string]): string =>
  `${plural(count, 'document')} ${count === 1 ? one : many}`;

/** Control characters, and those that turn the direction of text or have no width, within the brackets of a pattern. */
export const acting = String.raw`\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff`;

/** What cannot be typed, or acts on a terminal that shows it. */
const untyped = new RegExp(String.raw`[${acting}'\\]`, 'gu');

/** Each byte by its number, as it stands between `$'` and `'` (bash, zsh, POSIX 2024). */
const numbered = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** Text as a shell takes it for one word, and as a terminal may show it. */
export function shellWord(text: string): string {
  if (/^[\w.@:/,=-]+$/.test(text)) return text;
  const isTyped = (text.match(untyped) ?? []).every((found) => found === "'" || found === '\\');
  return isTyped ? `'${text.replaceAll("'", `'\\''`)}'` : `$'${text.replace(untyped, numbered)}'`;
}

/** `--exclude a --exclude b`, as a shell takes it. */
export const excluding = (addresses: readonly string[]): string =>
  addresses.map((address) => `--exclude ${shellWord(address)}`).join(' ');
