import type { DriftResult } from '../../planner/drift.ts';
import { sourceText } from '../../planner/contract.ts';
import { plural } from '../../state/words.ts';
import { budget, code, fitting, folded, plain } from '../markdown.ts';
import type { JudgedDrift } from './judge.ts';
import type { ToldFinding } from './tell.ts';
import { countWords, type DriftSource, progressWords, remarks, restWords } from './text.ts';

function row({ verdict, address, message, position }: ToldFinding): string {
  const place = sourceText(position ?? undefined);
  return `| ${verdict} | ${code(address)} | ${plain(message)} | ${place === null ? '' : code(place)} |\n`;
}

const detail = ({ address, fix, keep }: ToldFinding): string =>
  `- ${code(address)}: put it back by ${fix.map(code).join(', ')}${keep === null ? '' : `, or ${plain(keep)}, then apply`}\n`;

/** What was changed by hand, one by one; what is pending, and what is nobody's, once. */
function details(fresh: readonly ToldFinding[], aim: (command: string) => string): readonly string[] {
  const has = (verdict: ToldFinding['verdict']): boolean => fresh.some((finding) => finding.verdict === verdict);
  return [
    ...fresh.filter(({ verdict }) => verdict === 'drift').map(detail),
    ...(has('pending') ? [`- what is pending: ${code(aim('schemactl apply'))}\n`] : []),
    ...(has('unmanaged')
      ? [
          `- what is unmanaged: declare it, or ${code('absent: true')} to remove it, or ignore it in the configuration\n`,
        ]
      : []),
  ];
}

/** A comment for people: the verdict first, a row an object, the ways back folded. Always short enough for one comment. */
export function driftMarkdown(
  result: DriftResult,
  judged: JudgedDrift,
  { where }: DriftSource,
  aim: (command: string) => string,
): string {
  const { fresh, known } = judged;
  if (result.inProgress !== null)
    return `### schemactl drift: a run is in progress\n\n${plain(where)}. ${plain(progressWords(result.inProgress))}\n`;
  const verdict = fresh.length === 0 ? (known.length === 0 ? 'nothing found' : 'nothing new') : countWords(fresh);
  const counted = [plural(result.looked.length, 'object'), ...restWords(judged, result)].join(', ');
  const notes = remarks(result).map((line) => `\n${plain(line)}\n`);
  const head = `### schemactl drift: ${verdict}\n\n${plain(where)}: ${counted}.\n${notes.join('')}`;
  if (fresh.length === 0) return head;
  const [rows, left] = fitting(fresh.map(row), budget * 0.6);
  const [ways, leftOut] = fitting(details(fresh, aim), budget * 0.35);
  const more = left === 0 ? '' : `\n…and ${left} more: run \`schemactl drift\`, or see its full report.\n`;
  const fewer = leftOut === 0 ? '' : `- …and ${leftOut} more.\n`;
  return `${head}\n| verdict | object | what | declared at |\n|---|---|---|---|\n${rows}${more}\n${folded('Ways back', ways + fewer)}`;
}
