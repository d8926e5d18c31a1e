import { encodePlan } from '../planner/codec.ts';
import type { Plan } from '../planner/contract.ts';
import { forbiddenHazards } from '../planner/hazards.ts';
import { patchText } from '../planner/simulate.ts';
import type { planFormats, shownFormats } from '../report/formats.ts';
import { githubText } from '../report/issues/github.ts';
import { junitText } from '../report/issues/junit.ts';
import { sarifText } from '../report/issues/sarif.ts';
import { planHtml } from '../report/plan/html.ts';
import { blockingIssues, planIssues } from '../report/plan/issues.ts';
import { planMarkdown } from '../report/plan/markdown.ts';
import type { Review } from '../report/plan/review.ts';
import { type PlanSource, planText } from '../report/plan/text.ts';
import { plainTheme, type Theme } from '../report/theme.ts';
import type { SourceMap } from '../state/types.ts';
import { version } from '../version.ts';
import { forbiddenIn } from './environment.ts';
import type { Flags } from './options.ts';
import type { Renderers, ReportFile } from './reports.ts';

export type PlanFormat = (typeof planFormats)[number];
export type PlanReportFiles = readonly ReportFile<PlanFormat>[];

/** A plan as it is reported before anything is done: by the command that its source names, else by what makes such plans. */
export function reviewOf(plan: Plan, source: PlanSource, flags: Flags, sources: SourceMap = new Map()): Review {
  const command = source.command ?? (plan.kind === 'rollback' ? 'rollback' : 'plan');
  const forbidden = forbiddenHazards(plan, forbiddenIn(flags));
  return { command, version, plan, source, forbidden, sources, outcome: null };
}

/** A plan in every format. Text is marked by the theme: that of a terminal, plain in a file. */
export function planRenderers(
  review: Review,
  theme: Theme = plainTheme,
): Renderers<PlanFormat> & Renderers<(typeof shownFormats)[number]> {
  const { plan, source } = review;
  return {
    text: () => planText(plan, source, theme),
    json: () => encodePlan(plan),
    jsonpatch: () => patchText(plan.steps),
    markdown: () => planMarkdown(review),
    html: () => planHtml(review),
    github: () => githubText(planIssues(review)),
    sarif: () => sarifText(planIssues(review)),
    junit: () => junitText(blockingIssues(review)),
  };
}
