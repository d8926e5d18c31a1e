import type { Hazard, Plan } from '../../planner/contract.ts';
import { blockingHazards } from '../../planner/hazards.ts';
import type { SchemactlError } from '../../errors.ts';
import type { SourceMap } from '../../state/types.ts';
import { plural } from '../../state/words.ts';
import type { RunEvent } from '../events.ts';
import { duration } from '../format.ts';
import { counts, type PlanSource } from './text.ts';

/** How carrying a plan out ended: what the run said last, or what kept it from beginning. */
export interface Outcome {
  readonly done: Extract<RunEvent, { event: 'done' }> | null;
  readonly error: SchemactlError | null;
}

/** A plan with what reviewers ask about it: what every report of a plan is made of. */
export interface Review {
  /** `plan`, `apply`, `rollback`, `resume` or `show`. */
  readonly command: string;
  readonly version: string;
  readonly plan: Plan;
  readonly source: PlanSource;
  /** Hazards that the environment forbids, whatever is allowed. */
  readonly forbidden: readonly Hazard[];
  /** Where objects are declared, where that is known; a plan itself knows it of its steps. */
  readonly sources: SourceMap;
  /** Null while it is only a plan. */
  readonly outcome: Outcome | null;
}

export type Tone = 'good' | 'warn' | 'bad';

export interface Verdict {
  readonly tone: Tone;
  /** A few words without a full stop: `blocked by 1 hazard`. */
  readonly words: string;
}

/** Hazards that nobody allowed, or that no one may. */
export function standing({ plan, forbidden }: Review): readonly Hazard[] {
  const blocking = new Set([...blockingHazards(plan, []), ...forbidden]);
  return plan.hazards.filter((hazard) => blocking.has(hazard));
}

function ran({ plan, command }: Review, { done, error }: Outcome): Verdict | null {
  if (error !== null) {
    if (done === null || done.run === null) return null;
    const all = done.steps.done + done.steps.left;
    return { tone: 'bad', words: `run ${done.run} stopped after ${done.steps.done} of ${plural(all, 'step')}` };
  }
  if (done === null) return null;
  if (done.run === null)
    return { tone: 'good', words: done.outcome === 'recorded' ? 'recorded what is managed' : 'nothing to do' };
  const verb = plan.kind === 'rollback' ? 'rolled back as' : command === 'resume' ? 'went on with' : 'applied as';
  return {
    tone: 'good',
    words: `${verb} run ${done.run} in ${duration(done.seconds)}`,
  };
}

function planned(review: Review): Verdict {
  const { plan, forbidden } = review;
  if (plan.violations.length > 0)
    return { tone: 'bad', words: `blocked: the data forbids ${plural(plan.violations.length, 'change')}` };
  if (forbidden.length > 0)
    return { tone: 'bad', words: `blocked: ${plural(forbidden.length, 'hazard')} forbidden by the configuration` };
  const blocking = blockingHazards(plan, []).length;
  if (blocking > 0) return { tone: 'warn', words: `blocked by ${plural(blocking, 'hazard')}` };
  if (plan.noop) return { tone: 'good', words: 'nothing to do' };
  const allowed = plan.hazards.length;
  return { tone: 'good', words: allowed === 0 ? 'ready' : `ready, ${plural(allowed, 'hazard')} allowed` };
}

/** What a reviewer must know first; of a run, how it ended. */
export function verdictOf(review: Review): Verdict {
  const { outcome } = review;
  const seen = outcome === null ? null : ran(review, outcome);
  if (seen !== null) return seen;
  const verdict = planned(review);
  return outcome?.error == null || verdict.tone !== 'good' ? verdict : { tone: 'bad', words: 'was not begun' };
}

/** `schemactl plan: 16 to create, 1 to drop — blocked by 1 hazard` */
export function titleOf(review: Review): string {
  const { words } = verdictOf(review);
  const changes = counts(review.plan);
  return `schemactl ${review.command}: ${changes === '' ? words : `${changes} — ${words}`}`;
}

/** `shop on rs0 (MongoDB 6.0.5)` */
export function whereOf({ target }: Plan): string {
  return `${target.database} on ${target.topology.replace('replicaSet ', '')} (MongoDB ${target.server})`;
}

/** The flag that approves a hazard: at its address, where a shell takes that as it is. */
export function allowFlag({ code, address }: Hazard): string {
  return /^[\w.-]+$/.test(address) ? `--allow ${code}@${address}` : `--allow ${code}`;
}
