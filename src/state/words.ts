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

/** Text as a shell takes it for one word. */
export const shellWord = (text: string): string =>
  /^[\w.@:/,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
