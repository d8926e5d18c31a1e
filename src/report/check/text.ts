import stringWidth from 'string-width';
import type { CheckResult, Finding } from '../../state/finding.ts';
import { printable } from '../../state/frame.ts';
import { severities } from '../../state/language/schema.ts';
import { sourceText } from '../../planner/contract.ts';
import type { Severity, SourceMap } from '../../state/types.ts';
import { grouped, plural } from '../../state/words.ts';
import { pad, paragraph } from '../format.ts';
import type { Theme } from '../theme.ts';
import { showValue } from '../../state/show.ts';
import { type Judged, type KnownFinding, summaryOf } from './judge.ts';

/** What people see of where a check was made. */
export interface CheckSource {
  /** `shop on rs0 (MongoDB 6.0.5)` */
  readonly where: string;
  /** `schema/ (1 file, 6 collections)` */
  readonly from: string;
  /** Where things are declared. */
  readonly sources: SourceMap;
}

const width = 80;
const inset = ' '.repeat(6);

/** `2.5 %`; what is there is never shown as nothing, and less than all never as all. */
export function percent(share: number): string {
  if (share >= 1) return '100 %';
  if (share < 0.001) return 'under 0.1 %';
  return `${Math.min(99.9, share * 100).toFixed(1)} %`;
}

/** `1,204 of 48,210 documents (2.5 %)`, or how many there seem to be. */
export function extentWords({ count, exact, share }: Finding, earlier?: KnownFinding): string {
  const was = earlier === undefined ? '' : `, was ${grouped(earlier.count)}`;
  return `${exact ? '' : 'about '}${plural(count, 'document')} (${percent(share)})${was}`;
}

/** What a finding is called: a declared check by its address alone. */
export function titleOf({ rule, address }: Finding): string {
  return address.endsWith(`.checks.${rule}`) ? address : `${address}  ${rule}`;
}

const marks: Readonly<Record<Severity, (theme: Theme) => (text: string) => string>> = {
  critical: (theme) => theme.bad,
  high: (theme) => theme.bad,
  medium: (theme) => theme.warn,
  low: (theme) => theme.dim,
};

const said = (text: string): readonly string[] =>
  paragraph(text, width - inset.length, '  ').map((line) => inset + line);

function lines(finding: Finding, earlier: KnownFinding | undefined, theme: Theme): readonly string[] {
  const { sample, message, fix, severity, query } = finding;
  const [title, extent] = [`  ✘ ${printable(titleOf(finding))}`, extentWords(finding, earlier)];
  const mark = marks[severity](theme);
  const head =
    stringWidth(title) + stringWidth(extent) + 2 <= width
      ? [mark(pad(title, width - stringWidth(extent))) + extent]
      : [mark(title), inset + extent];
  const ids = sample.map(showValue).join(', ');
  return [
    ...head,
    ...said(printable(message)),
    ...(ids === '' ? [] : said(`ids ${ids}`).map(theme.dim)),
    ...said(`→ ${printable(fix)}`).map(theme.dim),
    ...(query === null ? [] : [theme.dim(`${inset}→ all of them: ${printable(query)}`)]),
  ];
}

/** `2 critical, 5 high` */
export function severityCounts(findings: readonly Finding[]): string {
  const summary = summaryOf(findings);
  const parts = severities.filter((severity) => summary[severity] > 0);
  return parts.length === 0
    ? '0 findings'
    : parts.map((severity) => `${grouped(summary[severity])} ${severity}`).join(', ');
}

const extentOf = ({ rules, collections, sampled }: CheckResult): string =>
  `${plural(rules.length, 'rule')} on ${plural(collections, 'collection')}${sampled === null ? '' : `, in up to ${plural(sampled, 'document')} of each`}`;

/** Of a named check that the server could not answer. */
export const failedCode = 'SCH1003';

/** `things.checks.x  schema/a.yaml:12` and why. */
function failedLines({ failed }: CheckResult, { sources }: CheckSource, theme: Theme): readonly string[] {
  if (failed.length === 0) return [];
  const lines = failed.flatMap(({ address, failure }) => [
    theme.bad(`  ✘ ${printable(address)}  ${printable(sourceText(sources.get(address)) ?? '')}`.trimEnd()),
    ...said(printable(failure)),
  ]);
  return [theme.bold(`failed: nothing is known of these (${failedCode})`), ...lines, ''];
}

/** Of a collection, in every format. */
export const notThere = 'not checked: there is no such collection';

/** What was not looked at: collections that are not there, and what a sample leaves out. */
export function remarks({ missing, sampled }: CheckResult): readonly string[] {
  const what = missing.length === 1 ? 'is no such collection' : 'are no such collections';
  return [
    ...(missing.length === 0 ? [] : [`Not checked, as there ${what}: ${missing.map(printable).join(', ')}.`]),
    ...(sampled === null ? [] : ['A sample misses what is rare: only a check without --sample finds every document.']),
  ];
}

/** `1 check failed, `, or nothing. */
export const failedCount = ({ failed }: CheckResult): string =>
  failed.length === 0 ? '' : `${plural(failed.length, 'check')} failed, `;

/** What was found, worst first, what is known already only counted. Ends with a line break. */
export function checkText(
  result: CheckResult,
  { fresh, known, gone, earlier }: Judged,
  source: CheckSource,
  theme: Theme,
): string {
  const before = [
    known.length === 0 ? '' : `${grouped(known.length)} known from before`,
    gone.length === 0 ? '' : `${grouped(gone.length)} mended since`,
  ].filter((part) => part !== '');
  const rest = before.length === 0 ? '' : `; ${before.join(', ')}`;
  const notes = remarks(result).flatMap((line) => paragraph(line, width, '  ').map(theme.warn));
  const failures = failedLines(result, source, theme);
  if (fresh.length + failures.length === 0) {
    const news = known.length === 0 ? 'nothing found' : 'nothing new';
    const line = `${theme.bold('schemactl check')}: ${printable(source.where)}: ${news}${rest} (${extentOf(result)}).`;
    return [line, ...notes, ''].join('\n');
  }
  const blocks = severities.flatMap((severity) => {
    const found = fresh.filter((finding) => finding.severity === severity);
    return found.length === 0
      ? []
      : [theme.bold(severity), ...found.flatMap((finding) => lines(finding, earlier.get(finding), theme)), ''];
  });
  return [
    `${theme.bold('schemactl check')}   ${printable(source.where)}   ${printable(source.from)}`,
    '',
    ...failures,
    ...blocks,
    ...notes,
    ...paragraph(
      `Check: ${failedCount(result)}${severityCounts(fresh)}${rest} (${extentOf(result)}).`,
      width,
      '       ',
    ),
    '',
  ].join('\n');
}
