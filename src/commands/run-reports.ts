import type { Plan } from '../planner/contract.ts';
import { errorJson, errorText } from '../report/error.ts';
import type { RunEvent } from '../report/events.ts';
import type { Outcome, Review } from '../report/plan/review.ts';
import { type PlanSource, planText } from '../report/plan/text.ts';
import { doneText, eventLine } from '../report/run.ts';
import { plainTheme } from '../report/theme.ts';
import type { SourceMap } from '../state/types.ts';
import { doneEvent, type RunResult } from '../workflow/run-result.ts';
import { asSchemactlError } from './failure.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { planRenderers, type PlanReportFiles, reviewOf } from './plan-reports.ts';
import { asReported, writeReports } from './reports.ts';

/** What somebody asked for: where the plan comes from, and the files that tell of it. */
export interface Asked {
  readonly source: PlanSource;
  readonly files: PlanReportFiles;
  readonly sources?: SourceMap;
}

export interface RunReports {
  /** Remembers an event for the reports; how far a pass has come is not. */
  readonly note: (event: RunEvent) => void;
  /** Writes the reports of a plan that was carried out; null: that was not. */
  readonly write: (result: RunResult | null) => Promise<void>;
  /** Does the work; where it throws, the reports tell of the plan and of that. */
  readonly ofFailure: <T>(work: () => Promise<T>) => Promise<T>;
}

function ranText({ plan, source }: Review, events: readonly RunEvent[], { done, error }: Outcome): string {
  const lines = events.map((event) => eventLine(event, plainTheme)).filter((line) => line !== null);
  const said = lines.map((line) => `${line}\n`).join('');
  const last = done === null ? '' : doneText(done, plan.kind, plainTheme);
  return `${planText(plan, source, plainTheme)}\n${said}${error === null ? last : errorText(error, plainTheme)}`;
}

/** The same lines as `--format json` prints. */
function ranJson(events: readonly RunEvent[], { done, error }: Outcome): string {
  const lines = [...events, ...(done === null ? [] : [done])].map((event) => `${JSON.stringify(event)}\n`);
  const last = error === null ? [] : [errorJson(error)];
  return [...lines.slice(0, events.length), ...last, ...lines.slice(events.length)].join('');
}

/** The reports of a plan that is about to be carried out. */
export function runReports(plan: Plan, { source, files, sources }: Asked, flags: Flags, io: Io): RunReports {
  const events: RunEvent[] = [];
  const write = async (outcome: Outcome | null): Promise<void> => {
    const review: Review = { ...reviewOf(plan, source, flags, sources), outcome };
    const renderers = planRenderers(review);
    const ofRun =
      outcome === null ? {} : { text: () => ranText(review, events, outcome), json: () => ranJson(events, outcome) };
    await writeReports(files, { ...renderers, ...ofRun }, io);
  };
  return {
    note(event) {
      if (files.length > 0 && event.event !== 'progress') events.push(event);
    },
    write: (result) => write(result === null ? null : { done: doneEvent(result), error: result.error }),
    async ofFailure(work) {
      try {
        return await work();
      } catch (thrown) {
        const error = asSchemactlError(thrown);
        await write({ done: null, error }).catch(() => undefined);
        throw asReported(error);
      }
    },
  };
}
