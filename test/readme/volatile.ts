/** All that may differ between the page and what is printed: what depends on the machine and the moment. Nothing else may. */
// Where a line of a checklist breaks depends on the numbers in it: that is the first.
const volatile: readonly (readonly [what: string, RegExp])[] = [
  [' ', /\n {18}(?=\S)/g],
  ['<moment>', /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{3})?Z| UTC)/g],
  ['<day>', /\d{4}-\d\d-\d\d/g],
  ['<duration>', / +\d+(?:\.\d+)? (?:ms|s|min|h)(?: \d+ (?:s|min))?\b/g],
  ['<checksum>', /sha256:[0-9a-f]+/g],
  ['<commit>', /\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b/g],
  ['<host>', /\b(?:localhost|127\.0\.0\.1):\d+/g],
  ['<server>', /MongoDB \d+\.\d+\.\d+/g],
  ['<oplog>', / of \d+(?:\.\d+)? [kMGT]B\b/g],
  ['<free>', /\d+(?:\.\d+)? [kMGT]?B free/g],
  ['<filled>', /\d+(?:\.\d+)? % filled/g],
];

export const steady = (text: string): string =>
  volatile.reduce((words, [what, pattern]) => words.replaceAll(pattern, what), text);

/** A line of the page that stands for lines left out, one at least. */
const leftOut = '…';

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether what is printed is what the page shows. */
export function isAsShown(shown: string, printed: string): boolean {
  const parts = steady(shown)
    .split('\n')
    .map((line) => (line === leftOut ? '[^\\n]*(?:\\n[^\\n]*)*?' : escaped(line)));
  return new RegExp(`^${parts.join('\\n')}$`).test(steady(printed));
}
