import { documentsThat } from '../../../state/words.ts';
import { type Doc, docOf, int, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import { type Answer, counted, nowhere, type Question } from '../../questions.ts';
import { appliesExpression, mayApply, stagesOfOne } from '../../rewrite/actions.ts';
import { conversion, isForeign } from '../../rewrite/convert.ts';
import { both, hasType } from '../../rewrite/expressions.ts';
import { ambiguousOnly, matchCounts, mayMatch } from '../../rewrite/join.ts';
import { holdsAt, member } from '../../rewrite/walk.ts';
import { keptSums, measuredAround } from './kept.ts';
import { askedEdit, editsOf, stagesBefore } from './order.ts';
import { undeclaredSums } from './undeclared.ts';
import { unkeptStages, unkeptSums } from './unkept.ts';

type EditChange = ChangeOf<'edit'>;

const match = (filter: Value): Doc => docOf({ $match: filter });

/** Counts the documents that an edit changes, as they are once those before it have run; `bytes` is what is kept of them. */
export function changingPipeline(given: EditChange, changes: readonly Change[]): readonly Value[] {
  const change = askedEdit(given, changes);
  const { path, action } = change;
  const before = stagesBefore(given, changes);
  if (action.kind === 'populate')
    return [...before, match(mayMatch(path, action.join)), ...matchCounts(action.join, change.declares)];
  const isSimple = action.kind === 'fill' && path.length === 1;
  const exact = isSimple ? [] : [match(docOf({ $expr: appliesExpression(change) }))];
  const sums = new Map<string, Value>([
    ['_id', null],
    ['n', docOf({ $sum: int(1) })],
    ...keptSums(change),
    ...unkeptSums(change),
    ...undeclaredSums(change),
  ]);
  const changed = [...unkeptStages(change), ...measuredAround(change, stagesOfOne(change))];
  return [...before, match(mayApply(change)), ...exact, ...changed, docOf({ $group: sums })];
}

interface Against {
  readonly code: Violation['code'];
  readonly words: readonly [one: string, many: string];
  readonly pipeline: readonly Value[];
}

/** Stored values of another type that cannot become one of the declared types without loss. */
function inconvertible({ path, action }: EditChange): Value {
  const types = action.kind === 'convert' ? action.types : [];
  const test = (value: string): Value =>
    both(isForeign(value, types), docOf({ $eq: [conversion(value, types), null] }));
  return holdsAt(path, { field: (holder, name) => test(member(holder, name)), item: test });
}

/** Documents that have the old and the new name: neither value may be lost. */
function collisions({ path, action }: EditChange): Value {
  const from = action.kind === 'rename' ? action.from : '';
  const isThere = (value: string): Value => docOf({ $not: [hasType(value, 'missing')] });
  return holdsAt(path, {
    field: (holder, name) => both(isThere(member(holder, from)), isThere(member(holder, name))),
    item: () => false,
  });
}

/** What the data must not hold for an edit to be possible; null where nothing stands against it. */
function against(change: EditChange): Against | null {
  const { action } = change;
  switch (action.kind) {
    case 'rename': {
      const both = `both "${action.from}" and the new name`;
      const words = [`has ${both}`, `have ${both}`] as const;
      return { code: 'rename-collision', words, pipeline: [match(docOf({ $expr: collisions(change) }))] };
    }
    case 'convert': {
      const value = `a value that cannot become ${action.types.join(' or ')} without loss`;
      const words = [`holds ${value}`, `hold ${value}`] as const;
      return { code: 'not-convertible', words, pipeline: [match(docOf({ $expr: inconvertible(change) }))] };
    }
    case 'populate': {
      if (action.ambiguous === 'skip') return null;
      const words = ['matches several documents, or by an array', 'match several documents, or by an array'] as const;
      const pipeline = [match(mayMatch(change.path, action.join)), ...ambiguousOnly(action.join)];
      return { code: 'ambiguous-match', words, pipeline };
    }
    default:
      return null;
  }
}

/** Under which the answers of an edit's questions stand. */
export const countId = ({ address, action, path }: EditChange): string =>
  `${address} ${action.kind} ${path.map((step) => step ?? '[]').join('.')}`;
const againstId = (change: EditChange): string => `${countId(change)} against`;

/** Whether the server knows an expression of the user's own: asked of a collection that is not there, so that nothing is read. */
function understood(change: EditChange): readonly Question[] {
  const { address, action } = change;
  if (action.kind !== 'compute') return [];
  const pipeline = [...stagesOfOne(change), ...counted];
  return [{ id: `${address} expression`, collection: nowhere, pipeline, mayEstimate: false, blames: address }];
}

/** How many documents an edit changes, and how many stand against it. */
export function editQuestions(change: EditChange, changes: readonly Change[]): readonly Question[] {
  const { collection } = change;
  const asked = askedEdit(change, changes);
  const found = against(asked);
  const violating: readonly Question[] =
    found === null
      ? []
      : [
          {
            id: againstId(change),
            collection,
            pipeline: [...stagesBefore(change, changes), ...found.pipeline, ...counted],
            mayEstimate: false,
            mayStayOpen: asked.action.kind === 'populate' && asked.action.join.ahead !== undefined,
          },
        ];
  const pipeline = changingPipeline(change, changes);
  return [...understood(change), { id: countId(change), collection, pipeline, mayEstimate: true }, ...violating];
}

/** Questions asked of documents as the expressions of the same collection leave them, any of which may fail on one. */
export function evaluating(
  { collection }: EditChange,
  changes: readonly Change[],
  questions: readonly Question[],
): readonly Question[] {
  const computes = editsOf(collection, changes).filter(({ action }) => action.kind === 'compute');
  const evaluates = computes.map(({ address }) => address).join(' or ');
  return computes.length === 0 ? questions : questions.map((question) => ({ ...question, evaluates }));
}

type Answers = ReadonlyMap<string, Pick<Answer, 'count' | 'exact' | 'sample' | 'sums'>>;

export function editViolations(change: EditChange, answers: Answers): readonly Violation[] {
  const found = against(change);
  const answer = answers.get(againstId(change));
  if (found === null || answer === undefined || answer.count === 0) return [];
  const message = documentsThat(answer.count, found.words);
  return [{ code: found.code, address: change.address, message, count: answer.count, sample: answer.sample }];
}

/** Whether an edit has anything to do, or something stands against it; true where the data was not asked. */
export function hasEditWork(change: EditChange, answers: Answers | null): boolean {
  const changing = answers?.get(countId(change));
  if (answers == null || changing === undefined) return true;
  return changing.count > 0 || !changing.exact || editViolations(change, answers).length > 0;
}
