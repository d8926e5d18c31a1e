import type { Hazard, Plan, Step } from '../../planner/contract.ts';
import type { Severity, SourcePosition } from '../../state/types.ts';
import type { Issue, Issues, Looked } from '../issues/issue.ts';
import { allowFlag, type Review, standing } from './review.ts';

type Said = Pick<Issue, 'rule' | 'address' | 'severity' | 'message' | 'fix' | 'count'>;

/** `schema/orders.yaml:41`, read back. */
function positionOf(source: string | null | undefined): SourcePosition | null {
  const found = /^(.+):(\d+)$/s.exec(source ?? '');
  return found === null ? null : { file: found[1] as string, line: Number(found[2]), column: 1 };
}

function fixOf(hazard: Hazard, severity: Severity, forbidden: readonly Hazard[]): string {
  if (severity === 'medium') return 'It was allowed by name';
  if (forbidden.includes(hazard)) return 'The environment forbids it; change the plan or its policy';
  return `If that is what you want: ${allowFlag(hazard)}`;
}

function saidOf(review: Review): readonly Said[] {
  const { violations, hazards, notes } = review.plan;
  const open = new Set(standing(review));
  return [
    ...violations.map(({ code, address, message, count }) => ({
      ...{ rule: code, address, message, count },
      severity: 'critical' as const,
      fix: `Mend the documents, and plan again: schemactl explain ${code}`,
    })),
    ...hazards.map((hazard) => {
      const severity = open.has(hazard) ? ('high' as const) : ('medium' as const);
      const { code: rule, address, message, count = 0 } = hazard;
      return { rule, address, message, count, severity, fix: fixOf(hazard, severity, review.forbidden) };
    }),
    ...notes.map(({ code, address, message }) => ({
      ...{ rule: code, address, message, count: 0 },
      severity: 'low' as const,
      fix: `It blocks nothing: schemactl explain ${code}`,
    })),
  ];
}

const keyOf = ({ rule, address }: Pick<Issue, 'rule' | 'address'>): string => `${rule} ${address}`;

/** Two things of one kind about one object are one issue. */
function together(said: readonly Said[]): readonly Said[] {
  const byKey = new Map<string, Said>();
  for (const each of said) {
    const before = byKey.get(keyOf(each));
    byKey.set(keyOf(each), before === undefined ? each : { ...before, message: `${before.message}; ${each.message}` });
  }
  return [...byKey.values()];
}

const order: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

function failureOf({ command, plan, outcome }: Review): readonly Said[] {
  const error = outcome?.error ?? null;
  if (error === null) return [];
  const address = plan.target.database;
  const fix = error.next[0] ?? `schemactl explain ${error.code}`;
  return [{ rule: command, address, severity: 'critical', message: error.message, fix, count: 0 }];
}

function lookedAt(plan: Plan, said: readonly Said[], command: string): readonly Looked[] {
  const collections = new Map(plan.steps.map(({ address, collection }) => [address, collection]));
  const own = said.map(({ rule, address }) => ({
    ...{ rule, address },
    collection: collections.get(address) ?? plan.target.database,
  }));
  const whole = { rule: command, address: plan.target.database, collection: plan.target.database };
  const step = ({ kind, address, collection }: Step): Looked => ({ rule: kind, address, collection });
  return [...plan.steps.map(step), ...own.filter(({ rule }) => rule !== command), whole];
}

/** What people and machines must see of a plan: violations, hazards, notes, and what ended its run; worst first. */
export function planIssues(review: Review): Issues {
  const { command, version, plan, sources } = review;
  const ofSteps = new Map(plan.steps.map(({ address, source }) => [address, source]));
  const said = together([...failureOf(review), ...saidOf(review)]).toSorted(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  );
  const issues = said.map((each) => ({
    ...each,
    position: sources.get(each.address) ?? positionOf(ofSteps.get(each.address)),
  }));
  return { command, version, database: plan.target.database, looked: lookedAt(plan, said, command), issues };
}

/** The same without what blocks nothing: a test of a plan fails only for what does. */
export function blockingIssues(review: Review): Issues {
  const all = planIssues(review);
  return { ...all, issues: all.issues.filter(({ severity }) => severity === 'critical' || severity === 'high') };
}
