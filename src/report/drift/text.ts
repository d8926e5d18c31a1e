import stringWidth from 'string-width';
import { sourceText } from '../../planner/contract.ts';
import { type DriftResult, type Verdict, verdicts } from '../../planner/drift.ts';
import { printable } from '../../state/frame.ts';
import { describeOwner, type InProgress } from '../../state/runs.ts';
import { grouped, plural } from '../../state/words.ts';
import { instant, pad, paragraph } from '../format.ts';
import type { Theme } from '../theme.ts';
import { type JudgedDrift, verdictCounts } from './judge.ts';
import type { ToldFinding } from './tell.ts';

/** What people see of where drift was looked for. */
export interface DriftSource {
  /** `shop on rs0 (MongoDB 6.0.5)` */
  readonly where: string;
  /** `schema/ (1 file, 6 collections)` */
  readonly from: string;
}

const width = 80;
const inset = ' '.repeat(6);

export const verdictWords: Readonly<Record<Verdict, string>> = {
  drift: 'drift: applied, then changed by hand',
  pending: 'pending: declared, not yet applied',
  unmanaged: 'unmanaged: there, and never declared',
};

const symbols: Readonly<Record<Verdict, string>> = { drift: '✘', pending: '○', unmanaged: '·' };

/** Who is at work, in one sentence. */
export function progressWords({ owner, run, since }: InProgress): string {
  const what = run === null ? 'A run' : `Run ${run}`;
  return `${what} is in progress, by ${describeOwner(owner)}${since === null ? '' : ` since ${instant(since)}`}: nothing was judged.`;
}

/** `1 drift, 5 pending, 2 unmanaged` */
export function countWords(findings: readonly { readonly verdict: Verdict }[]): string {
  const counts = verdictCounts(findings);
  const parts = verdicts.filter((verdict) => counts[verdict] > 0);
  return parts.length === 0 ? 'nothing' : parts.map((verdict) => `${grouped(counts[verdict])} ${verdict}`).join(', ');
}

/** What is not new, in words: `2 known from before`. */
export function restWords({ known, gone }: JudgedDrift, { ignored }: DriftResult): readonly string[] {
  return [
    ...(known.length === 0 ? [] : [`${grouped(known.length)} known from before`]),
    ...(gone.length === 0 ? [] : [`${grouped(gone.length)} mended since`]),
    ...(ignored.length === 0 ? [] : [`${grouped(ignored.length)} ignored`]),
  ];
}

/** What is to be said beside the findings: rules that have ended, a run that was cut off. */
export function remarks({ expired, open }: DriftResult): readonly string[] {
  return [
    ...(open === null ? [] : [`Run ${open.run} was cut off; go on with it: schemactl resume`]),
    ...expired.map(
      ({ address, reason, until }) =>
        `The rule that ignores ${address} (${reason}) ended on ${until ?? ''}; it is reported again.`,
    ),
  ];
}

const said = (text: string): readonly string[] =>
  paragraph(text, width - inset.length, '  ').map((line) => inset + line);

/** The address, and the place of its declaration at the right, or below where both do not fit. */
function head({ address, verdict, position, milestone }: ToldFinding): readonly string[] {
  const title = `  ${symbols[verdict]} ${printable(address)}`;
  const place = printable([milestone ?? '', sourceText(position ?? undefined) ?? ''].filter(Boolean).join('  '));
  if (place === '') return [title];
  const fits = stringWidth(title) + stringWidth(place) + 2 <= width;
  return fits ? [pad(title, width - stringWidth(place)) + place] : [title, inset + place];
}

/** A command stands in one line, so that it can be copied. */
function driftLines(finding: ToldFinding, theme: Theme): readonly string[] {
  const { message, fix, keep } = finding;
  return [
    ...head(finding).map(theme.bad),
    ...said(printable(message)),
    ...fix.map((command) => theme.dim(`${inset}→ put it back: ${printable(command)}`)),
    ...(keep === null ? [] : said(`→ or keep it so: ${printable(keep)}, then apply`).map(theme.dim)),
  ];
}

/** What the heading says already. */
const plain: readonly ToldFinding['reason'][] = ['not-in-database', 'not-applied', 'unmanaged'];

/** What is only to be recorded stands together: nothing would be changed. */
function recordedLines(findings: readonly ToldFinding[]): readonly string[] {
  const names = findings.map(({ address }) => printable(address)).join(', ');
  const what = `${plural(findings.length, 'object is', 'objects are')} there as declared; apply only records`;
  return findings.length === 0 ? [] : [`  ○ ${what} ${findings.length === 1 ? 'it' : 'them'}:`, ...said(names)];
}

function plainLines(findings: readonly ToldFinding[]): readonly string[] {
  const recorded = findings.filter(({ reason }) => reason === 'not-recorded');
  const others = findings.filter(({ reason }) => reason !== 'not-recorded');
  const lines = others.flatMap((finding) => [
    ...head(finding),
    ...(plain.includes(finding.reason) ? [] : said(printable(finding.message))),
  ]);
  return [...lines, ...recordedLines(recorded)];
}

function advice(
  verdict: Verdict,
  findings: readonly ToldFinding[],
  aim: (command: string) => string,
): readonly string[] {
  if (verdict === 'pending') {
    const isRefused = findings.some(({ reason }) => reason === 'refused');
    return [`${inset}→ ${aim(isRefused ? 'schemactl plan' : 'schemactl apply')}`];
  }
  return said('→ declare it; or absent: true to remove it; or ignore it in schemactl.config.yaml');
}

function block(verdict: Verdict, fresh: readonly ToldFinding[], theme: Theme, aim: (command: string) => string) {
  const found = fresh.filter((finding) => finding.verdict === verdict);
  if (found.length === 0) return [];
  const lines =
    verdict === 'drift'
      ? found.flatMap((finding) => driftLines(finding, theme))
      : [...plainLines(found), ...advice(verdict, found, aim).map(theme.dim)];
  return [theme.bold(verdictWords[verdict]), ...lines, ''];
}

/** What was found by verdict, what is known already only counted. Ends with a line break. */
export function driftText(
  result: DriftResult,
  judged: JudgedDrift,
  source: DriftSource,
  theme: Theme,
  aim: (command: string) => string,
): string {
  const where = printable(source.where);
  if (result.inProgress !== null) {
    const line = `schemactl drift: ${where}: ${printable(progressWords(result.inProgress))}`;
    return `${paragraph(line, width, '  ').join('\n')}\n`;
  }
  const { fresh, known } = judged;
  const rest = restWords(judged, result);
  const extent = plural(result.looked.length, 'object');
  const counted = [
    fresh.length === 0 ? (known.length === 0 ? 'nothing found' : 'nothing new') : countWords(fresh),
    ...rest,
  ];
  const notes = remarks(result).flatMap((line) => paragraph(printable(aim(line)), width, '  ').map(theme.warn));
  if (fresh.length === 0) {
    const line = `schemactl drift: ${where}: ${counted.join('; ')} (${extent}).`;
    return `${[line, ...notes].join('\n')}\n`;
  }
  return [
    `${theme.bold('schemactl drift')}   ${where}   ${printable(source.from)}`,
    '',
    ...verdicts.flatMap((verdict) => block(verdict, fresh, theme, aim)),
    ...notes,
    ...paragraph(`Of ${extent}: ${counted.join('; ')}.`, width, '  '),
    '',
  ].join('\n');
}
