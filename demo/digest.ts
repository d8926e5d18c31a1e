import { stripVTControlCharacters } from 'node:util';

/** Takes a command's lines one by one and prints those that are worth reading here. */
export interface Digest {
  readonly line: (line: string) => void;
  readonly end: () => void;
}

/** Fewer lines than this are not worth leaving out. */
const long = 8;
const isTotal = (line: string): boolean => /^(Plan|Rollback): /.test(stripVTControlCharacters(line));

/** The head of a plan and its totals, with a note on what lies between. What is no plan stays whole. */
function shortened(lines: readonly string[]): readonly string[] {
  const totals = lines.findIndex(isTotal);
  const head = lines.findIndex((line) => line === '');
  const between = totals - head - 2;
  if (head < 0 || between < long) return lines;
  return [
    ...lines.slice(0, head),
    '',
    `  [${between} lines of the plan are left out here]`,
    '',
    ...lines.slice(totals),
  ];
}

/**
 * Leaves out the lines that say that a step begins: on a terminal its end takes their place. With `brief`, what comes
 * before the work (a plan, of which one was shown whole) is shortened.
 */
export function openDigest(print: (line: string) => void, brief: boolean): Digest {
  let plan: string[] | null = brief ? [] : null;
  const flush = (): void => {
    for (const line of shortened(plan ?? [])) print(line);
    plan = null;
  };
  return {
    line(line) {
      if (stripVTControlCharacters(line).startsWith('✔')) flush();
      if (plan !== null) plan.push(line);
      else if (!stripVTControlCharacters(line).startsWith('… ')) print(line);
    },
    end: flush,
  };
}
