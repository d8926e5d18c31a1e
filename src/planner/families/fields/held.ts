import { type Doc, docOf, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import { counted, type Question } from '../../questions.ts';
import { anyApplies, asTheyWillBe } from '../../rewrite/edits.ts';
import { type PlanContext } from '../family.ts';
import { refuses } from '../validators/refuses.ts';
import { plural } from '../../../state/words.ts';
import { collationOf, duplicatesPipeline } from '../indexes/duplicates.ts';

type DefaultChange = ChangeOf<'default'>;

function fillsOf(collection: string, changes: readonly Change[]): readonly DefaultChange[] {
  return changes.filter(
    (change): change is DefaultChange => change.kind === 'default' && change.collection === collection,
  );
}

const editOf = ({ path, value }: DefaultChange) => ({ path, from: null, to: [value] as const });

/**
 * Documents that the validator in force would refuse once they are filled (121). Action warn refuses none;
 * level moderate leaves alone what was invalid before (manual, "Schema Validation"; seen on 4.4 to 6.0).
 */
function refusedPipeline(
  change: DefaultChange,
  fills: readonly DefaultChange[],
  validator: Doc | null,
): readonly Value[] | null {
  if (!refuses(validator)) return null;
  const rule = validator.get('rule') ?? docOf({});
  return [
    docOf({ $match: anyApplies([editOf(change)]) }),
    ...(validator.get('level') === 'moderate' ? [docOf({ $match: rule })] : []),
    ...asTheyWillBe(fills.map(editOf)),
    docOf({ $match: docOf({ $nor: [rule] }) }),
    ...counted,
  ];
}

/** The validator that holds while the pass runs: the live one, or one that this plan puts in its place before. */
function validatorInForce({ collection, held }: DefaultChange, changes: readonly Change[]): Doc | null {
  const earlier = changes.find(
    (other): other is ChangeOf<'validator'> =>
      other.kind === 'validator' && other.collection === collection && !refuses(other.after),
  );
  return earlier === undefined ? held.validator : earlier.after;
}

const isOver = (path: string, [field]: NamedIndex['key'][number]): boolean =>
  field === path || field.startsWith(`${path}.`) || path.startsWith(`${field}.`);

/** Unique indexes over the field that are there while the pass runs. */
function uniqueOver({ path, held }: DefaultChange, changes: readonly Change[]): readonly NamedIndex[] {
  const goes = (index: NamedIndex): boolean =>
    changes.some((change) => change.kind === 'index' && change.before?.name === index.name && change.after === null);
  return held.unique.filter((index) => index.key.some((part) => isOver(path.join('.'), part)) && !goes(index));
}

const refusedId = ({ address }: DefaultChange): string => `${address} validator`;
const duplicatesId = ({ address }: DefaultChange, { name }: NamedIndex): string => `${address} duplicates ${name}`;

/** Whether the server would let every document be filled; judged with all fields of the collection filled. */
export function heldQuestions(change: DefaultChange, { changes }: PlanContext): readonly Question[] {
  const { collection } = change;
  const fills = fillsOf(collection, changes);
  const refused = refusedPipeline(change, fills, validatorInForce(change, changes));
  const ask = (id: string, pipeline: readonly Value[]): Question => ({ id, collection, pipeline, mayEstimate: false });
  return [
    ...(refused === null ? [] : [ask(refusedId(change), refused)]),
    ...uniqueOver(change, changes).map((index) => ({
      ...ask(duplicatesId(change, index), [...asTheyWillBe(fills.map(editOf)), ...duplicatesPipeline(index)]),
      collation: collationOf(index),
    })),
  ];
}

export function heldViolations(change: DefaultChange, { changes, facts }: PlanContext): readonly Violation[] {
  const { address } = change;
  const refused = facts?.answers.get(refusedId(change));
  const duplicates = uniqueOver(change, changes).flatMap((index): readonly Violation[] => {
    const answer = facts?.answers.get(duplicatesId(change, index));
    if (answer === undefined || answer.count === 0) return [];
    const message = `${plural(answer.count, 'document')} would share a key of the unique index "${index.name}"`;
    return [{ code: 'duplicate', address, message, count: answer.count, sample: answer.sample }];
  });
  if (refused === undefined || refused.count === 0) return duplicates;
  const message = `the validator in force refuses ${plural(refused.count, 'document')} with this value`;
  return [{ code: 'validator', address, message, count: refused.count, sample: refused.sample }, ...duplicates];
}
