import type { Hazard, Plan, Step, Violation } from '../../planner/contract.ts';
import { grouped, plural } from '../../state/words.ts';
import { errorText } from '../error.ts';
import { duration, size } from '../format.ts';
import { type Html, html, htmlLines, nothing } from '../html.ts';
import { page } from '../page.ts';
import { noun, shortName, symbolOf } from '../step.ts';
import { plainTheme } from '../theme.ts';
import { showId } from '../../state/show.ts';
import { orderGraph } from './graph.ts';
import { allowFlag, type Review, standing, verdictOf, whereOf } from './review.ts';
import { type SideRow, sidesOf } from './sides.ts';
import { undoLine, writtenWords } from './text.ts';
import { totalsOf } from './totals.ts';
import { documentsOf, doneTo, reversalWords } from './words.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const parts = [
  ['create', '+', 'to create'],
  ['update', '~', 'to change'],
  ['replace', '~', 'to replace'],
  ['delete', '−', 'to drop'],
  ['write', '✎', 'fields to write'],
] as const;

/** How much of what, as a bar and in words. */
function bar({ summary, steps }: Plan): Html {
  if (steps.length === 0) return nothing;
  let x = 0;
  const segments = parts.map(([name]) => {
    const width = (100 * summary[name]) / steps.length;
    const segment = html`<rect class="${name}" x="${x}" y="0" width="${width}" height="12"></rect>`;
    x += width;
    return segment;
  });
  const words = parts.filter(([name]) => summary[name] > 0);
  return html`<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">${segments}</svg>
<ul class="legend">${words.map(([name, sign, text]) => html`<li><b class="${name}">${sign} ${grouped(summary[name])}</b> ${text}</li>`)}</ul>`;
}

function tiles(plan: Plan): Html {
  const { seconds, undoBytes } = totalsOf(plan);
  const held = Object.values(plan.documents).reduce((sum, count) => sum + count, 0);
  const facts = [
    ['Values to write', plan.summary.write === 0 ? 'none' : writtenWords(plan)],
    ['Documents in these collections', plan.checkData === 'none' ? 'not counted' : grouped(held)],
    ['Time for writing them', seconds === null ? 'not measured' : `about ${duration(seconds)}`],
    ['Undo data kept', size(undoBytes)],
  ] as const;
  return html`<dl class="tiles">${facts.map(([name, text]) => html`<div class="tile"><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}

function head(review: Review): Html {
  const { plan, source, command, outcome } = review;
  const { tone, words } = verdictOf(review);
  const error = outcome?.error ?? null;
  return html`<p class="soft">schemactl ${command} · ${whereOf(plan)} · ${source.from}</p>
<div class="verdict ${tone}"><h1>${capital(words)}</h1><p>${undoLine(plan)}</p>${error === null ? nothing : html`<pre>${htmlLines(errorText(error, plainTheme))}</pre>`}</div>
${bar(plan)}${plan.noop ? nothing : tiles(plan)}`;
}

function linked(address: string, plan: Plan): Html {
  const step = plan.steps.find((each) => each.address === address);
  return step === undefined ? html`<code>${address}</code>` : html`<a href="#${step.id}"><code>${address}</code></a>`;
}

const violationCard = ({ code, address, message, sample }: Violation, plan: Plan): Html =>
  html`<div class="card bad"><p><b>✘ ${code}</b> at ${linked(address, plan)}</p><p>${capital(message)}.${sample.length === 0 ? '' : ` Ids of some: ${sample.map(showId).join(', ')}.`}</p><p class="soft">Nothing helps but the data: mend the documents, then plan again. <code>schemactl explain ${code}</code></p></div>`;

function hazardCard(hazard: Hazard, review: Review, open: ReadonlySet<Hazard>): Html {
  const { code, address, message, count } = hazard;
  const allow = open.has(hazard) ? html`To allow it: <code>${allowFlag(hazard)}</code>` : html`It is allowed.`;
  const how = review.forbidden.includes(hazard) ? html`The configuration forbids it here.` : allow;
  const documents = count === undefined ? '' : ` (${plural(count, 'document')})`;
  return html`<div class="card ${open.has(hazard) ? 'warn' : 'note'}"><p><b>! ${code}</b> at ${linked(address, review.plan)}${documents}</p><p>${capital(message)}.</p><p class="soft">${how}</p></div>`;
}

function dangers(review: Review): Html {
  const { violations, hazards } = review.plan;
  if (violations.length + hazards.length === 0) return nothing;
  const open = new Set(standing(review));
  return html`<h2>Dangers</h2>
${violations.map((violation) => violationCard(violation, review.plan))}${hazards.map((hazard) => hazardCard(hazard, review, open))}`;
}

function order(plan: Plan): Html {
  const graph = orderGraph(plan);
  if (graph === null) return nothing;
  return html`<h2>Order</h2>
<p class="soft">Numbered as they run; an arrow points to what has to wait.</p>
<div class="scroll">${graph}</div>`;
}

const sideNames = ['before', 'after'] as const;
type Side = (typeof sideNames)[number];

function pairs(rows: readonly SideRow[], shown: readonly Side[], marked: boolean): Html {
  const cell = (text: string | null): Html =>
    html`<td>${text === null ? html`<span class="soft">–</span>` : html`<code>${text}</code>`}</td>`;
  const row = (each: SideRow): Html =>
    html`<tr class="${marked ? 'differs' : 'same'}"><th scope="row"><code>${each.name}</code></th>${shown.map((side) => cell(each[side]))}</tr>`;
  const heads = ['property', ...shown].map((name) => html`<th scope="col">${name}</th>`);
  return html`<table class="pair"><thead><tr>${heads}</tr></thead><tbody>${rows.map(row)}</tbody></table>`;
}

/** Before and after side by side; of what is on both sides, first what differs, the rest folded. */
function sides(step: Step): Html {
  const rows = sidesOf(step);
  if (rows.length === 0) return nothing;
  const shown = sideNames.filter((side) => rows.some((row) => row[side] !== null));
  if (shown.length < sideNames.length) return pairs(rows, shown, false);
  const same = rows.filter(({ before, after }) => before === after);
  const differing = rows.filter(({ before, after }) => before !== after);
  const rest =
    same.length === 0
      ? nothing
      : html`<details><summary>${plural(same.length, 'property', 'properties')} the same</summary>${pairs(same, shown, false)}</details>`;
  return html`${pairs(differing, shown, true)}${rest}`;
}

function remarks(step: Step): Html {
  const { violations, hazards, notes } = step;
  return html`${violations.map(({ code, message }) => html`<p class="delete">✘ ${code}: ${message}</p>`)}${hazards.map(({ code, message }) => html`<p class="update">! ${code}: ${message}</p>`)}${notes.map(({ code, message }) => html`<p class="soft">· ${code}: ${message}</p>`)}`;
}

function article(step: Step, plan: Plan): Html {
  const { id, action, milestone, source, dependsOn, reversal, route, estimate } = step;
  const documents = documentsOf(step);
  const needs = plan.steps.filter((other) => dependsOn.includes(other.id));
  const facts = [
    ...(source === null ? [] : [html`<span>${source}</span>`]),
    ...(documents === '' ? [] : [html`<span>${documents} documents</span>`]),
    ...(estimate?.seconds === undefined ? [] : [html`<span>about ${duration(estimate.seconds)}</span>`]),
    ...(route === null ? [] : [html`<span>${route}</span>`]),
    html`<span>way back: ${reversalWords(reversal)}</span>`,
    ...(needs.length === 0
      ? []
      : [
          html`<span>after ${needs.map((need, at) => html`${at === 0 ? '' : ', '}${linked(need.address, plan)}`)}</span>`,
        ]),
  ];
  const what = doneTo(step);
  const chip = milestone === null ? nothing : html` <span class="tag">${milestone}</span>`;
  return html`<div class="step" id="${id}" data-part><p><span class="sign ${action}">${symbolOf(step)}</span> ${noun(step)} <b class="mono">${shortName(step)}</b>${what === '' ? '' : ` ${what}`}${chip}</p>${remarks(step)}${sides(step)}<p class="facts">${facts}</p></div>`;
}

function section(collection: string, plan: Plan): Html {
  const steps = plan.steps.filter((step) => step.collection === collection);
  const documents = plan.documents[collection];
  const isNew = steps.some(({ kind }) => kind === 'createCollection');
  const count = isNew ? 'new' : documents === undefined ? 'a view' : plural(documents, 'document');
  return html`<section class="card" data-whole><h3><span>${collection}</span><span class="soft">${plan.checkData === 'none' && !isNew ? 'not counted' : count}</span></h3>
${steps.map((step) => article(step, plan))}</section>
`;
}

function changes(plan: Plan): Html {
  if (plan.noop) return nothing;
  const collections = [...new Set(plan.steps.map(({ collection }) => collection))];
  return html`<h2>Changes</h2>
<input class="search" id="search" type="search" hidden placeholder="Search these changes" aria-label="Search these changes">
${collections.map((collection) => section(collection, plan))}`;
}

function rest({ notes, steps, unmanaged, ownership, unchanged }: Plan): Html {
  const own = new Set(steps.flatMap((step) => step.notes.map(({ code, address }) => `${code} ${address}`)));
  const general = notes.filter(({ code, address }) => !own.has(`${code} ${address}`));
  const list = (title: string, names: readonly string[]): Html =>
    names.length === 0
      ? nothing
      : html`<div class="card note"><p><b>${title}</b></p><p>${names.map((name, at) => html`${at === 0 ? '' : ', '}<code>${name}</code>`)}</p></div>`;
  const said = general.map(
    ({ code, address, message }) =>
      html`<div class="card note"><p><b>· ${code}</b> at <code>${address}</code></p><p>${capital(message)}.</p></div>`,
  );
  return html`<h2>Beside it</h2>
<p>${plural(unchanged, 'declared object')} need nothing.</p>
${said}${list('Unmanaged, left alone', unmanaged)}${list('Managed from now on', ownership.adopt)}${list('Released', ownership.release)}`;
}

/** A plan as a page: the verdict, what is dangerous, what runs after what, each object before and after, the way back. */
export function planHtml(review: Review): string {
  const { plan, version, command } = review;
  const foot = html`<footer><p>schemactl ${version} · made ${plan.createdAt} · plan ${plan.checksum}</p></footer>`;
  const body = html`${head(review)}${dangers(review)}${order(plan)}${changes(plan)}${rest(plan)}${foot}`;
  return page(`schemactl ${command}: ${plan.target.database}: ${verdictOf(review).words}`, body);
}
