import { canonicalCollation } from '../../../state/canonical/collation.ts';
import { canonical } from '../../../state/encode.ts';
import type { CollectionState, DatabaseState } from '../../../state/types.ts';
import { isDoc, isList, type Value } from '../../../state/value.ts';
import { plural } from '../../../state/words.ts';
import type { Change } from '../../change.ts';
import type { Hazard } from '../../contract.ts';
import { counted, nowhere, type Question } from '../../questions.ts';
import { viewsInCircle, viewsOfTwoCollations, viewsTooDeep } from '../../refusals.ts';

type Options = CollectionState['options'];

/** The collection that a stage reads beside what comes through it. */
function readBy(stage: string, body: Value): Value | undefined {
  if (stage === '$unionWith' && !isDoc(body)) return body;
  if (!isDoc(body)) return undefined;
  if (stage === '$unionWith') return body.get('coll');
  return stage === '$lookup' || stage === '$graphLookup' ? body.get('from') : undefined;
}

/** Stages may hold pipelines of their own (`$lookup`, `$unionWith`, `$facet`), so every document is looked through. */
function readWithin(value: Value): readonly string[] {
  if (isList(value)) return value.flatMap(readWithin);
  if (!isDoc(value)) return [];
  return [...value].flatMap(([name, inner]) => {
    if (name === '$literal') return [];
    const read = readBy(name, inner);
    return [...(typeof read === 'string' ? [read] : []), ...readWithin(inner)];
  });
}

/** What a view reads: what it is on, and what its pipeline brings in. Nothing for anything else. */
export function readsOf(options: Options | null): ReadonlySet<string> {
  const on = options?.['viewOn'];
  return new Set(typeof on === 'string' ? [on, ...readWithin(options?.['pipeline'] ?? [])] : []);
}

/** What a change makes a view show, and what it showed: null for what is no view, or not there. */
function sides(change: Change): { readonly before: Options | null; readonly after: Options | null } {
  if (change.kind === 'options') return change;
  if (change.kind !== 'collection' && change.kind !== 'recreate') return { before: null, after: null };
  return { before: change.before?.options ?? null, after: change.after?.options ?? null };
}

const makes = (change: Change, name: string): boolean =>
  change.collection === name &&
  (change.kind === 'rename' || (sides(change).after !== null && change.kind !== 'options') || isView(change));

const isView = (change: Change): boolean => sides(change).after?.['viewOn'] !== undefined;

/** Changes of what a view is to read: they come before its own. */
export function sourcesOf(change: Change, others: readonly Change[]): readonly Change[] {
  const reads = readsOf(sides(change).after);
  if (reads.size === 0) return [];
  return others.filter((other) => other !== change && [...reads].some((name) => makes(other, name)));
}

/** Changes of views that read a collection which goes: those that read it no longer come first. */
export function readersOf(collection: string, others: readonly Change[]): readonly Change[] {
  return others.filter((other) => other.collection !== collection && readsOf(sides(other).before).has(collection));
}

/** The name that a change takes away. */
function nameTaken(change: Change): string | null {
  if (change.kind === 'rename') return change.from;
  return change.kind === 'collection' && change.after === null ? change.collection : null;
}

/** Views that go on reading a name which the plan takes away show nothing from then on; the server says no word. */
export function brokenViews(change: Change, target: DatabaseState): readonly Hazard[] {
  const taken = nameTaken(change);
  if (taken === null || target.collections[taken] !== undefined) return [];
  const broken = Object.entries(target.collections)
    .filter(([, { options }]) => readsOf(options).has(taken))
    .map(([name]) => `"${name}"`);
  if (broken.length === 0) return [];
  const what = change.kind === 'rename' ? `is called "${change.collection}" then` : 'is gone then';
  const message = `${plural(broken.length, 'view')} ${broken.length === 1 ? 'reads' : 'read'} "${taken}", which ${what}, and would find nothing there: ${broken.join(', ')}`;
  return [{ code: 'breaks-view', address: change.address, message }];
}

/** How many views may read each other in a row (165; manual, "Views"). */
const maxDepth = 20;

/** Throws SchemactlError where views, declared or not, would read each other in a circle (5), or too deep (165). */
export function assertViewsEnd({ collections }: DatabaseState): void {
  const views = new Map(
    Object.entries(collections).flatMap(([name, { type, options }]) =>
      type === 'view' ? [[name, options] as const] : [],
    ),
  );
  const circle = viewCircle(views);
  if (circle.length > 0) throw viewsInCircle(circle);
  const depthOf = (name: string): number => {
    const options = views.get(name);
    return options === undefined ? 0 : 1 + Math.max(0, ...[...readsOf(options)].map(depthOf));
  };
  const deepest = [...views.keys()].find((name) => depthOf(name) > maxDepth);
  if (deepest !== undefined) throw viewsTooDeep(deepest, maxDepth);
}

/** Throws SchemactlError 20 where a view would read one of another collation. */
export function assertViewCollations({ collections }: DatabaseState): void {
  const collationOf = ({ collation }: Options): string =>
    canonical((collation === undefined ? null : canonicalCollation(collation)) ?? null);
  for (const [name, { options }] of Object.entries(collections)) {
    for (const source of readsOf(options)) {
      const other = collections[source];
      if (other?.type !== 'view' || collationOf(other.options) === collationOf(options)) continue;
      throw viewsOfTwoCollations(name, source);
    }
  }
}

/** Whether the server knows the stages of a view: asked of a collection that is not there, so that nothing is read. */
export function viewQuestion(change: Change): readonly Question[] {
  const after = sides(change).after;
  const pipeline = after?.['pipeline'];
  if (after?.['viewOn'] === undefined || !isList(pipeline)) return [];
  const { address } = change;
  const stages = [...pipeline, ...counted];
  return [{ id: `${address} view`, collection: nowhere, pipeline: stages, mayEstimate: false, blames: address }];
}

/** Declared views that read each other in a circle, in its order; empty where there is none. */
export function viewCircle(views: ReadonlyMap<string, Options>): readonly string[] {
  const walk = (name: string, path: readonly string[]): readonly string[] => {
    if (path.includes(name)) return path.slice(path.indexOf(name));
    const options = views.get(name);
    for (const read of options === undefined ? [] : readsOf(options)) {
      const found = walk(read, [...path, name]);
      if (found.length > 0) return found;
    }
    return [];
  };
  for (const name of views.keys()) {
    const found = walk(name, []);
    if (found.length > 0) return found;
  }
  return [];
}
