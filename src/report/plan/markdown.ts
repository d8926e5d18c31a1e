import type { Hazard, Step, Violation } from '../../planner/contract.ts';
import { grouped, plural } from '../../state/words.ts';
import { errorText } from '../error.ts';
import { duration } from '../format.ts';
import { block, budget, code, fitting, folded, plain } from '../markdown.ts';
import { noun, symbolOf } from '../step.ts';
import { plainTheme } from '../theme.ts';
import { showId } from '../../state/show.ts';
import { allowFlag, type Review, standing, titleOf, whereOf } from './review.ts';
import { planText, undoLine } from './text.ts';
import { totalsOf } from './totals.ts';
import { documentsOf, doneTo, reversalWords } from './words.ts';

const verbs: Readonly<Record<Step['action'], string>> = {
  create: 'create',
  update: 'change',
  replace: 'replace',
  delete: 'drop',
  write: 'write',
};

const counted = (count: number | undefined): string => (count === undefined ? '' : grouped(count));

function violationRow({ code: name, address, message, count, sample }: Violation): string {
  const ids = sample.length === 0 ? '' : ` (ids ${sample.slice(0, 3).map(showId).map(code).join(', ')})`;
  return `| ✘ ${plain(name)} | ${code(address)} | ${plain(message)}${ids} | ${grouped(count)} | mend the documents |\n`;
}

function hazardRow(hazard: Hazard, review: Review, open: ReadonlySet<Hazard>): string {
  const { code: name, address, message, count } = hazard;
  const allowed = open.has(hazard) ? code(allowFlag(hazard)) : 'allowed';
  const how = review.forbidden.includes(hazard) ? 'forbidden here' : allowed;
  return `| ! ${plain(name)} | ${code(address)} | ${plain(message)} | ${counted(count)} | ${how} |\n`;
}

/** What is dangerous: what happens, to how many documents, how to allow it. */
function dangers(review: Review): string {
  const { violations, hazards } = review.plan;
  if (violations.length + hazards.length === 0) return '';
  const open = new Set(standing(review));
  const rows = [...violations.map(violationRow), ...hazards.map((hazard) => hazardRow(hazard, review, open))];
  const [text, left] = fitting(rows, budget * 0.2);
  const more = left === 0 ? '' : `\n…and ${grouped(left)} more.\n`;
  return `\n| danger | where | what happens | documents | to go on |\n|---|---|---|---:|---|\n${text}${more}`;
}

function row(step: Step): string {
  const { action, address, milestone, source, reversal } = step;
  const what = [`${symbolOf(step)} ${verbs[action]} ${noun(step)}`, doneTo(step)]
    .filter((part) => part !== '')
    .join(': ');
  const where = [milestone === null ? '' : plain(milestone), source === null ? '' : code(source)].filter(Boolean);
  return `| ${code(address)} | ${plain(what)} | ${documentsOf(step)} | ${plain(reversalWords(reversal))} | ${where.join(' ')} |\n`;
}

/** One row an object, in the order in which they are done. */
function objects(review: Review): string {
  const { plan, command } = review;
  if (plan.steps.length === 0) return '';
  const [rows, left] = fitting(plan.steps.map(row), budget * 0.4);
  const more = left === 0 ? '' : `\n…and ${grouped(left)} more: \`schemactl ${command}\`, or its full report.\n`;
  return `\n| object | change | documents | way back | declared |\n|---|---|---:|---|---|\n${rows}${more}`;
}

function costs({ plan }: Review): string {
  const { seconds } = totalsOf(plan);
  const facts = [
    undoLine(plan),
    ...(seconds === null ? [] : [`Writing documents takes about ${duration(seconds)}, as measured just now.`]),
  ];
  return `\n${facts.map(plain).join(' ')}\n`;
}

/** Lines as they are, as many as there is room for. */
function clipped(text: string, room: number): string {
  const lines = text.trimEnd().split('\n');
  const [kept, left] = fitting(
    lines.map((line) => `${line}\n`),
    room,
  );
  return block(left === 0 ? kept : `${kept}…and ${plural(left, 'line')} more: schemactl plan\n`);
}

function failure({ outcome }: Review): string {
  return outcome?.error == null ? '' : `\n${clipped(errorText(outcome.error, plainTheme), budget * 0.08)}`;
}

/** The whole plan as people read it in a terminal, as far as there is room. */
function whole({ plan, source }: Review, room: number): string {
  return folded('The whole plan', clipped(planText(plan, source, plainTheme), room));
}

/**
 * A plan as a comment on a pull request: verdict and counts first, then what is dangerous, one row an object, the rest
 * folded. Never longer than one comment may be; what is left out is counted. A plan with nothing to do is one line.
 */
export function planMarkdown(review: Review): string {
  const { plan, source, version } = review;
  const from = `${plain(whereOf(plan))}, ${plain(source.from)}.`;
  const head = `### ${plain(titleOf(review))}\n\n${from}\n`;
  if (plan.noop) return head + failure(review);
  const body = [head, failure(review), dangers(review), objects(review), costs(review)].join('');
  const foot = `\n<sub>schemactl ${version} · plan ${plain(plan.checksum.slice(0, 19))} · made ${plain(plan.createdAt)}</sub>\n`;
  return `${body}\n${whole(review, budget * 0.3)}${foot}`;
}
