import type { Plan, Step } from '../../planner/contract.ts';
import { blockingHazards } from '../../planner/hazards.ts';
import type { NamedIndex } from '../../planner/operation.ts';
import { isInPlace } from '../../planner/routes.ts';
import { printable } from '../../state/frame.ts';
import type { Value } from '../../state/value.ts';
import { pad, paragraph, size, wrapped } from '../format.ts';
import { detailOf, isUncounted, noun, shortName, subject, symbolOf, symbols } from '../step.ts';
import { grouped, plural } from '../../state/words.ts';
import type { Theme } from '../theme.ts';
import { showId } from '../../state/show.ts';
import { totalsOf } from './totals.ts';

const width = 80;
const inset = ' '.repeat(15);
const nameWidth = 32;

function head(symbol: string, word: string, text: string, tail: string): string {
  return `${pad(`  ${symbol} ${word}`, inset.length - 1)} ${tail === '' ? text : `${pad(text, nameWidth)} ${tail}`}`.trimEnd();
}

const tailOf = (step: Step): string =>
  [printable(step.milestone ?? ''), step.source === null ? '' : printable(step.source)]
    .filter((part) => part !== '')
    .join('  ');

/** A remark within the page, its later lines under its words. */
function said(margin: string, text: string, mark: (line: string) => string): readonly string[] {
  return paragraph(text, width - margin.length, '  ').map((line) => margin + mark(line));
}

function warnings(step: Step, theme: Theme): readonly string[] {
  const samples = (ids: readonly Value[]): string =>
    ids.length === 0 ? '' : ` (ids ${ids.slice(0, 3).map(showId).join(', ')})`;
  return [
    ...step.violations.flatMap(({ code, message, sample }) =>
      said(inset, `✘ ${code}: ${printable(message)}${samples(sample)}`, theme.bad),
    ),
    ...step.hazards.flatMap(({ code, message }) => said(inset, `! ${code}: ${printable(message)}`, theme.warn)),
    ...step.notes.flatMap(({ code, message }) => said(inset, `· ${code}: ${printable(message)}`, theme.dim)),
  ];
}

/** Why something goes, where that is not plain from the file. */
export const reasons: Readonly<Record<string, string>> = {
  'no-longer-declared': 'no longer declared',
  'declared-absent': 'declared absent',
  'left-over': 'left standing by a run that was cut off',
};

function stepLines(step: Step, theme: Theme): readonly string[] {
  const detail = detailOf(step);
  const why = step.action === 'delete' ? (reasons[step.reason.code] ?? '') : '';
  return [
    head(symbolOf(step), noun(step), subject(step), tailOf(step)),
    ...[detail, why].filter((line) => line !== '').flatMap((line) => said(inset, line, theme.dim)),
    ...warnings(step, theme),
  ];
}

/** New indexes without anything to say stand together: they are one build. */
function buildLines(steps: readonly Step[], theme: Theme): readonly string[] {
  const [first] = steps;
  if (first === undefined) return [];
  if (steps.length === 1) return stepLines(first, theme);
  const names = wrapped(steps.map(shortName), nameWidth);
  const verb = first.action === 'delete' ? 'dropped together' : 'one build';
  return names.map((line, at) => {
    const tail = at === names.length - 1 ? [printable(first.milestone ?? ''), verb].filter(Boolean).join('  ') : '';
    return at === 0
      ? head(symbols[first.action], 'index', line, tail)
      : `${inset}${tail === '' ? line : `${pad(line, nameWidth)} ${tail}`}`;
  });
}

function isQuiet(step: Step): boolean {
  const said = step.hazards.length + step.violations.length + step.notes.length;
  return (
    step.change === 'index' &&
    (step.action === 'create' || step.action === 'delete') &&
    said === 0 &&
    detailOf(step) === ''
  );
}

function collectionLines(plan: Plan, collection: string, theme: Theme): readonly string[] {
  const steps = plan.steps.filter((step) => step.collection === collection);
  const units = plan.units.filter((unit) => unit.collection === collection);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const lines = units.flatMap((unit) => {
    const own = unit.steps.map((id) => byId.get(id)).filter((step): step is Step => step !== undefined);
    const quiet = own.filter(isQuiet);
    return [
      ...own.filter((step) => !isQuiet(step)).flatMap((step) => stepLines(step, theme)),
      ...buildLines(quiet, theme),
    ];
  });
  const documents = plan.documents[collection];
  const counted = plan.checkData === 'none' ? 'not counted' : plural(documents ?? 0, 'document');
  const known = documents === undefined ? 'a view' : counted;
  const count = steps.some(({ kind }) => kind === 'createCollection') ? 'new' : known;
  const name = printable(collection);
  return [`${theme.bold(pad(name, Math.max(name.length + 1, width - count.length)))}${count}`, ...lines, ''];
}

/** `12,636 values`, or that they were not counted. */
export function writtenWords({ steps }: Plan): string {
  const estimates = steps.flatMap(({ action, estimate }) => (action === 'write' ? (estimate ?? []) : []));
  if (estimates.some(isUncounted)) return 'not counted';
  return plural(
    estimates.reduce((sum, { documents }) => sum + documents, 0),
    'value',
  );
}

/** `2 to create, 1 field to fill (48,210 values)`; empty where nothing changes. */
export function counts(plan: Plan): string {
  const { kind, summary } = plan;
  const parts = [
    summary.create > 0 ? `${grouped(summary.create)} to create` : '',
    summary.update + summary.replace > 0 ? `${grouped(summary.update + summary.replace)} to change` : '',
    summary.delete > 0 ? `${grouped(summary.delete)} to drop` : '',
    summary.write > 0
      ? `${plural(summary.write, 'field')} to ${kind === 'rollback' ? 'restore' : 'fill'} (${writtenWords(plan)})`
      : '',
  ].filter((part) => part !== '');
  return parts.join(', ');
}

/** Whether taking the step back builds an index. */
function isRebuilt({ change, before, after }: Step, version: string): boolean {
  if (change !== 'index' || before === null) return false;
  const [found, made] = [before as NamedIndex, after as NamedIndex | null];
  return made === null || made.name !== found.name || !isInPlace(made, found, version);
}

/** How the plan is taken back, in one line. */
export function undoLine(plan: Plan): string {
  const { steps } = plan;
  const inexact = steps.filter(({ reversal }) => reversal.kind !== 'exact');
  const bytes = totalsOf(plan).undoBytes;
  const rebuilt = steps.filter((step) => isRebuilt(step, plan.target.server)).length;
  if (inexact.length > 0) return `Undo: exact but for ${inexact.map(({ address }) => printable(address)).join(', ')}.`;
  return `Undo: exact for all steps${bytes === 0 ? '' : `, ${size(bytes)} kept for it`}${rebuilt === 0 ? '.' : `; ${plural(rebuilt, 'index', 'indexes')} would be built again.`}`;
}

function verdict(plan: Plan): readonly string[] {
  if (plan.violations.length > 0) {
    return plan.violations.map(
      ({ address, message }) => `Blocked: ${printable(address)}: ${printable(message)} (exit 22 on apply).`,
    );
  }
  const blocking = blockingHazards(plan, []);
  if (blocking.length === 0) return [];
  const names = [...new Set(blocking.map(({ code }) => code))].join(',');
  return [`Blocked: ${plural(blocking.length, 'hazard')} until allowed: --allow ${names} (exit 20 on apply).`];
}

const adopted = (count: number): string => (count === 0 ? '' : `, ${grouped(count)} of them managed from now on`);

function footnotes(plan: Plan): readonly string[] {
  const { ownership, unchanged, unmanaged } = plan;
  const facts = [
    unchanged > 0 ? `= ${plural(unchanged, 'object')} unchanged${adopted(ownership.adopt.length)}` : '',
    ownership.release.length > 0 ? `· ${grouped(ownership.release.length)} released` : '',
    unmanaged.length > 0
      ? `· ${grouped(unmanaged.length)} unmanaged: ${unmanaged.slice(0, 4).map(printable).join(', ')}${unmanaged.length > 4 ? ', …' : ''}`
      : '',
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? [] : [...said('  ', facts.join('   '), (line) => line), ''];
}

/** Notes of one kind stand together, so that a long list reads as one remark. */
function noteLines(notes: Plan['notes'], theme: Theme): readonly string[] {
  const codes = [...new Set(notes.map(({ code }) => code))];
  return codes.flatMap((code) => {
    const own = notes.filter((note) => note.code === code);
    const lines = own.map(({ address, message }) => `${printable(address)}: ${printable(message)}`);
    const [only] = lines;
    if (lines.length === 1 && only !== undefined) return said('  ', `· ${code}  ${only}`, theme.dim);
    return [theme.dim(`  · ${code}`), ...lines.flatMap((line) => said('    ', line, theme.dim))];
  });
}

/** Notes and hazards of the plan as a whole, not of one step. */
function general(plan: Plan, theme: Theme): readonly string[] {
  const own = new Set(
    plan.steps.flatMap((step) => [...step.notes, ...step.hazards]).map(({ code, address }) => `${code} ${address}`),
  );
  const isGeneral = ({ code, address }: { code: string; address: string }): boolean => !own.has(`${code} ${address}`);
  const lines = [
    ...plan.hazards
      .filter(isGeneral)
      .flatMap(({ code, message }) => said('  ', `! ${code}: ${printable(message)}`, theme.warn)),
    ...noteLines(plan.notes.filter(isGeneral), theme),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

/** Where and from what; on a line of its own where the page is too narrow. */
function headline(title: string, rest: string, titleWidth: number): readonly string[] {
  return titleWidth + rest.length + 3 <= width ? [`${title}   ${rest}`] : [title, ...said('  ', rest, (line) => line)];
}

/** A selection as it was asked for; empty where everything was. */
function selectionWords({ only, exclude, milestone, through }: Plan['selection']): string {
  return [
    ...(milestone === null ? [] : [`--milestone ${milestone}`]),
    ...(through === null ? [] : [`--through ${through}`]),
    ...only.map((glob) => `--only ${glob}`),
    ...exclude.map((glob) => `--exclude ${glob}`),
  ].join(' ');
}

export interface PlanSource {
  /** What the plan was made from: `schema/ (1 file, 6 collections)`. */
  readonly from: string;
  /** The command that shows it, where that is not `plan` or `rollback`. */
  readonly command?: string;
  /** What matches, for a plan with nothing to do: `6 collections, 14 indexes, 11 links`. */
  readonly holds: string;
}

/** A plan as a person reads it: what happens to which documents, what could go wrong, how to get back. Ends with a line break. */
export function planText(plan: Plan, source: PlanSource, theme: Theme): string {
  const { database, server, topology } = plan.target;
  const name = `schemactl ${source.command ?? plan.kind.replace('apply', 'plan')}`;
  if (plan.noop) {
    const recorded = plan.ownership.adopt.length + plan.ownership.release.length;
    const rest = recorded === 0 ? 'Nothing to do.' : `Nothing to change; ${plural(recorded, 'object')} to record.`;
    if (plan.kind === 'rollback')
      return `${name}: nothing to change${recorded === 0 ? '' : `; ${plural(recorded, 'object')} to record`}.\n`;
    const selected = selectionWords(plan.selection);
    const what =
      selected === ''
        ? `${source.from.split(' ')[0] ?? ''} (${source.holds})`
        : `what is selected (${printable(selected)})`;
    const left = noteLines(
      plan.notes.filter(({ code }) => code === 'unmatched'),
      theme,
    );
    return [`${name}: ${printable(database)} matches ${what}. ${rest}`, ...left, ''].join('\n');
  }
  const collections = [...new Set(plan.steps.map(({ collection }) => collection))];
  const where = `${database} on ${topology.replace('replicaSet ', '')} (MongoDB ${server})`;
  return [
    ...headline(theme.bold(name), printable(`${where}   ${source.from}`), name.length),
    '',
    ...collections.flatMap((collection) => collectionLines(plan, collection, theme)),
    ...general(plan, theme),
    ...footnotes(plan),
    `${theme.bold(plan.kind === 'rollback' ? 'Rollback' : 'Plan')}: ${counts(plan)}.`,
    ...said('', undoLine(plan), (line) => line),
    ...verdict(plan).flatMap((line) => said('', line, plan.violations.length > 0 ? theme.bad : theme.warn)),
    '',
  ].join('\n');
}
