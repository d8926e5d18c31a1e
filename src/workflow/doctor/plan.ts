import type { Observed } from '../../database/introspect.ts';
import type { Database } from '../../database/port.ts';
import { SchemactlError } from '../../errors.ts';
import type { Plan, Step } from '../../planner/contract.ts';
import { blockingHazards, forbiddenHazards } from '../../planner/hazards.ts';
import { indexLimit } from '../../planner/families/indexes/room.ts';
import { duration, instant } from '../../report/format.ts';
import { totalsOf } from '../../report/plan/totals.ts';
import type { ChecklistItem } from '../../state/checklist.ts';
import type { Schema } from '../../state/types.ts';
import { plural, shellWord } from '../../state/words.ts';
import { checkSchema } from '../check.ts';
import { assertFresh } from '../fresh.ts';
import type { Live } from '../live.ts';
import { item } from './item.ts';

/** Whether the plan may be applied as it is: the database has not moved, and nothing blocks it. */
export function planItem(
  db: Database,
  plan: Plan,
  live: Live,
  { forbid, file }: { readonly forbid: readonly string[]; readonly file: string },
): Promise<ChecklistItem> {
  return item('plan', `find on ${db.name}`, () => {
    const measured = { steps: plan.steps.length, createdAt: plan.createdAt };
    const made = `made ${instant(Date.parse(plan.createdAt))}, ${plural(plan.steps.length, 'step')}`;
    try {
      assertFresh(db, live, plan);
    } catch (error) {
      if (!(error instanceof SchemactlError)) throw error;
      const message = [error.message, error.details.join('; ')].filter((part) => part !== '').join(' ');
      return Promise.resolve({ state: 'bad', message: `${made}: ${message}`, next: error.next[0] ?? null, measured });
    }
    const [violation] = plan.violations;
    if (violation !== undefined) {
      const more = plan.violations.length - 1;
      const others = more === 0 ? '' : `, and ${plural(more, 'violation')} more (schemactl show ${shellWord(file)})`;
      const message = `${made}: ${violation.address}: ${violation.message}${others}`;
      return Promise.resolve({ state: 'bad', message, next: 'mend the documents, and plan again', measured });
    }
    const forbidden = forbiddenHazards(plan, forbid).map(({ code, address }) => `${code}@${address}`);
    if (forbidden.length > 0) {
      const message = `${made}: forbidden here: ${forbidden.join(', ')}`;
      return Promise.resolve({ state: 'bad', message, next: 'change the plan, or the policy', measured });
    }
    const blocking = [...new Set(blockingHazards(plan, []).map(({ code }) => code))];
    if (blocking.length > 0) {
      const message = `${made}: blocked by ${blocking.join(', ')}`;
      const next = `if that is what you want: schemactl apply ${shellWord(file)} --allow ${blocking.join(',')}`;
      return Promise.resolve({ state: 'bad', message, next, measured });
    }
    return Promise.resolve({ state: 'ok', message: `${made}, fits the database as it is`, measured });
  });
}

/** Indexes that stand at once in the middle of the plan; a replaced one needs a slot beside its successor. */
function slotsOf(collection: string, plan: Plan, { state, building }: Observed): number {
  const live = Object.keys(state.collections[collection]?.indexes ?? {}).length + 1;
  const made = plan.steps.filter(
    ({ change, collection: of, after, before, route }) =>
      change === 'index' && of === collection && after !== null && (before === null || route !== 'in-place'),
  );
  return live + (building[collection]?.length ?? 0) + made.length;
}

export function slotsItem(plan: Plan, observed: Observed): Promise<ChecklistItem> {
  return item('index slots', 'listIndexes', () => {
    const touched = [
      ...new Set(plan.steps.filter(({ change }) => change === 'index').map(({ collection }) => collection)),
    ];
    if (touched.length === 0) return Promise.resolve({ state: 'ok', message: 'this plan builds no indexes' });
    const used = touched.map((collection) => [collection, slotsOf(collection, plan, observed)] as const);
    const tight = used.filter(([, slots]) => slots > indexLimit).map(([collection]) => collection);
    const [most] = [...used].sort(([, a], [, b]) => b - a);
    const others = used.length === 1 ? '' : `, the most of ${plural(used.length, 'collection')}`;
    return Promise.resolve({
      state: tight.length === 0 ? 'ok' : 'bad',
      message: `${most?.[0] ?? ''} ${most?.[1] ?? 0} of ${indexLimit}${others}`,
      next: tight.length === 0 ? null : `drop indexes of ${tight.join(', ')} that nobody needs`,
      measured: Object.fromEntries(used),
    });
  });
}

export function buildsItem(plan: Plan, { building }: Observed): Promise<ChecklistItem> {
  return item('running builds', 'listIndexes', () => {
    const touched = new Set(plan.steps.map(({ collection }) => collection));
    const running = Object.entries(building).flatMap(([collection, builds]) =>
      builds.map(({ name }) => ({ collection, words: `${collection}.${name}` })),
    );
    const inTheWay = running.filter(({ collection }) => touched.has(collection)).map(({ words }) => words);
    const measured = { running: running.map(({ words }) => words) };
    if (inTheWay.length > 0) {
      const next = 'let them finish; apply would wait for them under the lock';
      return Promise.resolve({ state: 'bad', message: inTheWay.join(', '), next, measured });
    }
    const elsewhere = running.length === 0 ? '' : ` on the collections of this plan; ${running.length} on others`;
    return Promise.resolve({ state: 'ok', message: `none${elsewhere}`, measured });
  });
}

/** What applications cannot do while a step runs. */
function meanwhile({ change, route }: Step): string {
  if (change === 'recreate') return 'writes are refused meanwhile';
  return route === 'gap' ? 'no index stands in meanwhile' : 'writes go on meanwhile';
}

export function longestItem(plan: Plan): Promise<ChecklistItem> {
  return item('longest step', 'a plan that asked the data', () => {
    const [longest] = [...plan.steps].sort(
      (a, b) =>
        (b.estimate?.seconds ?? 0) - (a.estimate?.seconds ?? 0) ||
        (b.estimate?.documents ?? 0) - (a.estimate?.documents ?? 0),
    );
    if (longest === undefined) return Promise.resolve({ state: 'ok', message: 'nothing to do' });
    const { address, estimate } = longest;
    const seconds = estimate?.seconds ?? null;
    const documents = estimate?.documents ?? 0;
    const long = seconds === null ? `over ${plural(documents, 'document')}` : `about ${duration(seconds)}`;
    const message = documents === 0 ? `${address}, an instant` : `${address}, ${long}; ${meanwhile(longest)}`;
    const total = totalsOf(plan).seconds;
    return Promise.resolve({ state: 'ok', message, measured: { address, documents, seconds, totalSeconds: total } });
  });
}

/** The way back, step by step. */
export function wayBackItem(plan: Plan, retentionMs: number | null): Promise<ChecklistItem> {
  return item('way back', 'a plan', () => {
    const inexact = plan.steps.filter(({ reversal }) => reversal.kind !== 'exact');
    const { seconds } = totalsOf(plan);
    const time = seconds === null ? '' : `, about ${duration(seconds)}`;
    if (inexact.length === 0) {
      const kept =
        retentionMs === null ? 'until it is purged' : `for ${plural(Math.round(retentionMs / 86_400_000), 'day')}`;
      return Promise.resolve({
        state: 'ok',
        message: `exact for all steps${time}; kept ${kept}`,
        measured: { inexact: [] },
      });
    }
    const words = inexact.map(({ address, reversal }) => {
      if (reversal.kind === 'lossy') return `${address} loses ${reversal.lost}`;
      return `${address}: ${reversal.kind === 'impossible' ? reversal.reason : ''}`;
    });
    return Promise.resolve({
      state: 'bad',
      message: words.join('; '),
      next: 'make sure that you never want these back, or keep a backup',
      measured: { inexact: inexact.map(({ address }) => address) },
    });
  });
}

/** Before the first apply there are no documents that could be unsound. */
function nothingThere(error: unknown): null {
  if (error instanceof SchemactlError && error.code === 'SCH6409') return null;
  throw error;
}

/** What `check` finds, critical findings above all. Null: there is no schema to check. */
export function consistencyItem(db: Database, schema: Schema | null, sample: number | null): Promise<ChecklistItem> {
  return item('consistency', `find on ${db.name}`, async () => {
    if (schema === null)
      return { state: 'unknown', message: 'no schema to check the data against', next: 'name it: --schema PATH' };
    const selection = { only: [], exclude: [], milestone: null, through: null };
    const result = await checkSchema(db, { schema, selection, sample }).catch(nothingThere);
    if (result === null) return { state: 'ok', message: 'nothing to check yet: no declared collection exists' };
    const { findings, rules, failed } = result;
    const [broken] = failed;
    if (broken !== undefined) {
      const message = `${broken.address} failed: ${broken.failure}`;
      return { state: 'bad', message, next: 'see and mend it: schemactl check', measured: { failed: failed.length } };
    }
    const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
    const measured = { critical: count('critical'), high: count('high'), medium: count('medium'), low: count('low') };
    const others = (['high', 'medium', 'low'] as const)
      .filter((severity) => measured[severity] > 0)
      .map((severity) => `${measured[severity]} ${severity}`);
    const message = [`${measured.critical} critical`, ...others].join(', ');
    return {
      state: measured.critical === 0 ? 'ok' : 'bad',
      message: `${message} (${plural(rules.length, 'rule')}${sample === null ? '' : ', sampled'})`,
      next: measured.critical === 0 ? null : 'see and mend them: schemactl check --fail-on critical',
      measured,
    };
  });
}
