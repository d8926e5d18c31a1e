import { printable } from '../../state/frame.ts';
import type { CheckResult, Finding } from '../../state/finding.ts';
import { plural } from '../../state/words.ts';
import { showId } from '../value.ts';
import type { Judged } from './judge.ts';
import { type CheckSource, extentWords, severityCounts } from './text.ts';

/** GitHub takes 65,536 characters of a comment. */
const budget = 60_000;

/** Text that Markdown and HTML leave as it is, in one line; nobody is mentioned by it. */
const plain = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]<>|#~!&]/g, '\\$&')
    .replaceAll('@', '@&#8203;');

/** Code in a cell of a table; a span begins and ends with more backticks than it holds. */
function code(text: string): string {
  const shown = printable(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? fence + shown + fence : `${fence} ${shown} ${fence}`;
}

function row(finding: Finding): string {
  const { severity, address, rule, message } = finding;
  return `| ${severity} | ${code(address)} | ${plain(rule)} | ${extentWords(finding)} | ${plain(message)} |\n`;
}

function detail({ address, rule, sample, fix }: Finding): string {
  const ids = sample.length === 0 ? '' : ` Ids: ${sample.map((id) => code(showId(id))).join(', ')}.`;
  return `- ${code(address)} ${plain(rule)}: ${plain(fix)}.${ids}\n`;
}

/** As many lines as fit, and how many did not. */
function fitting(lines: readonly string[], most: number): readonly [text: string, left: number] {
  let [text, used] = ['', 0];
  for (const [at, line] of lines.entries()) {
    used += line.length;
    if (used > most) return [text, lines.length - at];
    text += line;
  }
  return [text, 0];
}

/** A comment for people: the verdict first, a row a finding, how to mend it folded. Always short enough for one comment. */
export function checkMarkdown(
  { rules, collections }: CheckResult,
  { fresh, known, gone }: Judged,
  { where }: CheckSource,
): string {
  const verdict = fresh.length === 0 ? (known.length === 0 ? 'nothing found' : 'nothing new') : severityCounts(fresh);
  const before = [
    ...(known.length === 0 ? [] : [`${known.length} known from before`]),
    ...(gone.length === 0 ? [] : [`${gone.length} mended since`]),
  ];
  const looked = `${plain(where)}: ${[`${plural(rules.length, 'rule')} on ${plural(collections, 'collection')}`, ...before].join(', ')}.`;
  const head = `### schemactl check: ${verdict}\n\n${looked}\n`;
  if (fresh.length === 0) return head;
  const [rows, left] = fitting(fresh.map(row), budget * 0.6);
  const [details, leftOut] = fitting(fresh.map(detail), budget * 0.35);
  const more = left === 0 ? '' : `\n…and ${left} more: run \`schemactl check\`, or see its full report.\n`;
  const fewer = leftOut === 0 ? '' : `- …and ${leftOut} more.\n`;
  return `${head}\n| severity | rule at | rule | documents | what |\n|---|---|---|---|---|\n${rows}${more}\n<details><summary>How to mend it</summary>\n\n${details}${fewer}\n</details>\n`;
}
