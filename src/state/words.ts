/** `48,210` */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 document`, `48,210 documents` */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : many}`;
}
