import { type Doc, docOf, int, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import { type Answer, counted, type Question } from '../../questions.ts';
import { anyMayApply, isPlainFill } from '../../rewrite/edits.ts';
import { mayApply } from '../../rewrite/actions.ts';
import { fieldNames } from '../../rewrite/expressions.ts';
import type { PlanContext } from '../family.ts';
import { refuses } from '../validators/refuses.ts';
import { plural } from '../../../state/words.ts';
import { collationOf, duplicateScreens, duplicatesPipeline } from '../indexes/duplicates.ts';
import { editsOf } from './order.ts';
import { isOver } from './places.ts';
import { judgedBy, type Written, writtenBy } from './passes.ts';

type EditChange = ChangeOf<'edit'>;

/**
 * Documents that the validator in force would refuse once its pass has rewritten them (121): each pass writes documents,
 * so each is judged, whatever a later one makes of them. Action warn refuses none;
 * level moderate leaves alone what was invalid before (manual, "Schema Validation"; seen on 4.4 to 6.0).
 */
function refusedPipeline(change: EditChange, validator: Doc | null, { before, own }: Written): readonly Value[] | null {
  if (!refuses(validator)) return null;
  const rule = validator.get('rule') ?? docOf({});
  return [
    ...before,
    docOf({ $match: mayApply(change) }),
    ...(validator.get('level') === 'moderate' ? [docOf({ $match: rule })] : []),
    ...own,
    docOf({ $match: docOf({ $nor: [rule] }) }),
    ...counted,
  ];
}

/** The validator that holds while the pass runs: the live one, or one that this plan puts in its place before. */
function validatorInForce({ collection, held }: EditChange, changes: readonly Change[]): Doc | null {
  const earlier = changes.find(
    (other): other is ChangeOf<'validator'> =>
      other.kind === 'validator' && other.collection === collection && !refuses(other.after),
  );
  return earlier === undefined ? held.validator : earlier.after;
}

/** Unique indexes over the field that are there while the pass runs. */
function uniqueOver(change: EditChange, changes: readonly Change[]): readonly NamedIndex[] {
  const goes = (index: NamedIndex): boolean =>
    changes.some((other) => other.kind === 'index' && other.before?.name === index.name && other.after === null);
  return change.held.unique.filter((index) => index.key.some(([field]) => isOver(change, field)) && !goes(index));
}

const idOf = ({ address, action }: EditChange): string => `${address} ${action.kind}`;
const refusedId = (change: EditChange, { id }: Pick<Written, 'id'>): string => `${idOf(change)} validator${id}`;
const duplicatesId = (change: EditChange, { name }: NamedIndex, { id }: Pick<Written, 'id'>): string =>
  `${idOf(change)} duplicates ${name}${id}`;

/** Whether the server would let every document be rewritten. */
export function heldQuestions(change: EditChange, { changes }: PlanContext): readonly Question[] {
  const { collection } = change;
  const validator = validatorInForce(change, changes);
  const ask = (id: string, pipeline: readonly Value[]): Question => ({ id, collection, pipeline, mayEstimate: false });
  return writtenBy(change, changes).flatMap((written) => {
    const refused = refusedPipeline(change, validator, written);
    const stages = [...written.before, ...written.own];
    return [
      ...(refused === null ? [] : [ask(refusedId(change, written), refused)]),
      ...uniqueOver(change, changes).map((index) => ({
        ...ask(duplicatesId(change, index, written), [...stages, ...duplicatesPipeline(index)]),
        screens: duplicateScreens(index).map((pipeline) => [...stages, ...pipeline]),
        collation: collationOf(index),
      })),
    ];
  });
}

export function heldViolations(change: EditChange, { changes, facts }: PlanContext): readonly Violation[] {
  const { address } = change;
  const answerTo = (idOf: (written: Pick<Written, 'id'>) => string): Answer | undefined =>
    judgedBy(change, changes)
      .map((written) => facts?.answers.get(idOf(written)))
      .find((answer) => answer !== undefined);
  const refused = answerTo((written) => refusedId(change, written));
  const duplicates = uniqueOver(change, changes).flatMap((index): readonly Violation[] => {
    const answer = answerTo((written) => duplicatesId(change, index, written));
    if (answer === undefined || answer.count === 0) return [];
    const message = `${plural(answer.count, 'document')} would share a key of the unique index "${index.name}"`;
    return [{ code: 'duplicate', address, message, count: answer.count, sample: answer.sample }];
  });
  if (refused === undefined || refused.count === 0) return duplicates;
  const message = `the validator in force refuses ${plural(refused.count, 'document')} with this value`;
  return [{ code: 'validator', address, message, count: refused.count, sample: refused.sample }, ...duplicates];
}

const repeatedId = (collection: string): string => `${collection} repeated names`;

/** Asked once a collection, by the first of its edits that puts documents together anew. */
export function repeatedNamesQuestion(change: EditChange, { changes }: PlanContext): readonly Question[] {
  const { collection } = change;
  const anew = editsOf(collection, changes).filter((one) => !isPlainFill(one));
  if (anew[0] !== change) return [];
  const isRepeated = docOf({
    $gt: [docOf({ $size: fieldNames }), docOf({ $size: docOf({ $setUnion: [fieldNames, []] }) })],
  });
  const pipeline = [
    docOf({ $match: anyMayApply(anew) }),
    docOf({ $match: docOf({ $expr: isRepeated }) }),
    docOf({ $group: docOf({ _id: null, n: docOf({ $sum: int(1) }) }) }),
  ];
  return [
    { id: repeatedId(collection), collection, pipeline, mayEstimate: true, collation: docOf({ locale: 'simple' }) },
  ];
}

/** Documents that hold a name twice, as drivers and the shell cannot write them, but the wire can. */
export const repeatedNames = ({ collection }: EditChange, { facts }: PlanContext): number =>
  facts?.answers.get(repeatedId(collection))?.count ?? 0;
