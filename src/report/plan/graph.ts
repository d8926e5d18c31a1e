import type { Plan, Step, Unit } from '../../planner/contract.ts';
import { cut } from '../format.ts';
import { type Html, html } from '../html.ts';
import { noun, shortName } from '../step.ts';

/** A unit where it stands in the picture: units that need nothing are in the first column. */
interface Node {
  readonly unit: Unit;
  readonly at: number;
  readonly column: number;
  readonly row: number;
  readonly needs: readonly number[];
}

const [columnWidth, rowHeight, boxWidth, boxHeight] = [268, 52, 228, 38];
/** How many boxes stand side by side that neither wait nor are waited for. */
const across = 4;
/** More boxes than this are no picture any more. */
const most = 80;

function needsOf({ steps, units }: Plan): readonly (readonly number[])[] {
  const unitOf = new Map(units.flatMap((unit, at) => unit.steps.map((id) => [id, at] as const)));
  const byId = new Map(steps.map((step) => [step.id, step]));
  return units.map((unit, at) => {
    const needed = unit.steps.flatMap((id) => byId.get(id)?.dependsOn ?? []).flatMap((id) => unitOf.get(id) ?? []);
    return [...new Set(needed)].filter((other) => other < at);
  });
}

/** Without the arrows that others imply. */
function direct(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const reached: ReadonlySet<number>[] = [];
  for (const own of needs) reached.push(new Set(own.flatMap((at) => [at, ...(reached[at] ?? [])])));
  return needs.map((own) => own.filter((at) => !own.some((other) => reached[other]?.has(at) === true)));
}

/**
 * Units in columns by how much must be done before them; units are in the order in which they run.
 * Those that neither wait nor are waited for stand in rows below.
 */
function layout(plan: Plan): readonly Node[] {
  const needs = direct(needsOf(plan));
  const waitedFor = new Set(needs.flat());
  const isAlone = (at: number): boolean => needs[at]?.length === 0 && !waitedFor.has(at);
  const nodes = new Map<number, Node>();
  const used: number[] = [];
  for (const [at, unit] of plan.units.entries()) {
    if (isAlone(at)) continue;
    const before = (needs[at] ?? []).flatMap((need) => nodes.get(need) ?? []);
    const column = Math.max(-1, ...before.map((node) => node.column)) + 1;
    const row = Math.max(used[column] ?? 0, before.length === 0 ? 0 : Math.min(...before.map((node) => node.row)));
    used[column] = row + 1;
    nodes.set(at, { unit, at, column, row, needs: needs[at] ?? [] });
  }
  const below = Math.max(0, ...used);
  const alone = [...plan.units.entries()].filter(([at]) => isAlone(at));
  for (const [place, [at, unit]] of alone.entries())
    nodes.set(at, { unit, at, column: place % across, row: below + Math.floor(place / across), needs: [] });
  return plan.units.map((_, at) => nodes.get(at) as Node);
}

/** `5 indexes`, `fields a, b` */
function label(steps: readonly Step[]): string {
  const [first] = steps;
  if (first === undefined) return '';
  const kind = noun(first);
  if (steps.length === 1) return kind === 'collection' || kind === 'validator' ? kind : `${kind} ${shortName(first)}`;
  const kinds = new Set(steps.map(noun));
  const many = kinds.size > 1 ? 'objects' : kind === 'index' ? 'indexes' : `${kind}s`;
  return `${steps.length} ${many}: ${steps.map(shortName).join(', ')}`;
}

function box({ unit, at, column, row }: Node, steps: readonly Step[]): Html {
  const [x, y] = [column * columnWidth + 1, row * rowHeight + 1];
  const tone = steps.some(({ violations }) => violations.length > 0)
    ? 'bad'
    : steps.some(({ hazards }) => hazards.length > 0)
      ? 'warn'
      : 'plain';
  const target = steps[0]?.id ?? '';
  return html`<a href="#${target}"><rect class="${tone}" x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="6"></rect><text class="who" x="${x + 10}" y="${y + 15}">${at + 1}. ${cut(unit.collection, 27)}</text><text x="${x + 10}" y="${y + 30}">${cut(label(steps), 33)}</text></a>`;
}

function arrow(from: Node, to: Node): Html {
  const [x1, y1] = [from.column * columnWidth + boxWidth + 1, from.row * rowHeight + boxHeight / 2];
  const [x2, y2] = [to.column * columnWidth - 5, to.row * rowHeight + boxHeight / 2];
  const middle = (x1 + x2) / 2;
  return html`<path d="M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}" marker-end="url(#head)"></path>`;
}

/** What runs after what, as a picture; null where there is nothing to see, or too much. */
export function orderGraph(plan: Plan): Html | null {
  const nodes = layout(plan);
  if (nodes.length < 2 || nodes.length > most) return null;
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const stepsOf = ({ unit }: Node): readonly Step[] => unit.steps.flatMap((id) => byId.get(id) ?? []);
  const width = Math.max(...nodes.map(({ column }) => column)) * columnWidth + boxWidth + 2;
  const height = Math.max(...nodes.map(({ row }) => row)) * rowHeight + boxHeight + 2;
  const arrows = nodes.flatMap((node) => node.needs.map((need) => arrow(nodes[need] as Node, node)));
  return html`<svg role="img" aria-label="What runs after what" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"></path></marker></defs>${arrows}${nodes.map((node) => box(node, stepsOf(node)))}</svg>`;
}
