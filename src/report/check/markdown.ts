import type { CheckResult, Finding } from '../../state/finding.ts';
import { sourceText } from '../../planner/contract.ts';
import { plural } from '../../state/words.ts';
import { budget, code, fitting, folded, plain } from '../markdown.ts';
import { showValue } from '../../state/show.ts';
import type { Judged, KnownFinding } from './judge.ts';
import { type CheckSource, extentWords, failedCode, failedCount, remarks, severityCounts } from './text.ts';

function row(finding: Finding, earlier: KnownFinding | undefined): string {
  const { severity, address, rule, message } = finding;
  return `| ${severity} | ${code(address)} | ${plain(rule)} | ${extentWords(finding, earlier)} | ${plain(message)} |\n`;
}

function detail({ address, rule, sample, fix, query }: Finding): string {
  const ids = sample.length === 0 ? '' : ` Ids: ${sample.map((id) => code(showValue(id))).join(', ')}.`;
  const all = query === null ? '' : ` All of them: ${code(query)}`;
  return `- ${code(address)} ${plain(rule)}: ${plain(fix)}.${ids}${all}\n`;
}

/** A comment for people: the verdict first, a row a finding, how to mend it folded. Always short enough for one comment. */
export function checkMarkdown(
  result: CheckResult,
  { fresh, known, gone, earlier }: Judged,
  { where, sources }: CheckSource,
): string {
  const { rules, collections } = result;
  const verdict = fresh.length === 0 ? (known.length === 0 ? 'nothing found' : 'nothing new') : severityCounts(fresh);
  const before = [
    ...(known.length === 0 ? [] : [`${known.length} known from before`]),
    ...(gone.length === 0 ? [] : [`${gone.length} mended since`]),
  ];
  const looked = `${plain(where)}: ${[`${plural(rules.length, 'rule')} on ${plural(collections, 'collection')}`, ...before].join(', ')}.`;
  const failures = result.failed.map(({ address, failure }) => {
    const place = sourceText(sources.get(address));
    return `\n- ${failedCode}: ${code(address)}${place === null ? '' : ` (${code(place)})`} failed: ${plain(failure)}\n`;
  });
  const notes = [...failures, ...remarks(result).map((line) => `\n${plain(line)}\n`)];
  const head = `### schemactl check: ${failedCount(result)}${verdict}\n\n${looked}\n${notes.join('')}`;
  if (fresh.length === 0) return head;
  const [rows, left] = fitting(
    fresh.map((finding) => row(finding, earlier.get(finding))),
    budget * 0.6,
  );
  const [details, leftOut] = fitting(fresh.map(detail), budget * 0.35);
  const more = left === 0 ? '' : `\n…and ${left} more: run \`schemactl check\`, or see its full report.\n`;
  const fewer = leftOut === 0 ? '' : `- …and ${leftOut} more.\n`;
  return `${head}\n| severity | rule at | rule | documents | what |\n|---|---|---|---|---|\n${rows}${more}\n${folded('How to mend it', details + fewer)}`;
}
