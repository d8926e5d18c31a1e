import { plural } from '../../../state/words.ts';
import { type Doc, docOf, int, type Value } from '../../../state/value.ts';
import type { ChangeOf } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import { counted, type Question } from '../../questions.ts';
import { anyMayApply, stagesOf } from '../../rewrite/edits.ts';
import { rootOf } from '../../rewrite/path.ts';
import type { PlanContext } from '../family.ts';
import { askedEdit, editsOf } from './order.ts';
import { passesOf } from './passes.ts';

type EditChange = ChangeOf<'edit'>;

/** What a server takes of one document (manual, "MongoDB Limits and Thresholds"; 17419 or 10334 beyond it, seen on 6.0.5). */
const largest = 16 * 1024 * 1024;
/** A smaller document is not taken to grow so far. */
const worthAsking = largest / 4;

/** Where sizes stand while a question is answered; no field of a declaration begins with two of these. */
const rest = '__schemactl_rest';
const isTooLarge = '__schemactl_large';

/** The bytes of these fields; a document without any is 5 bytes. */
const bytesOf = (fields: readonly string[]): readonly Value[] =>
  fields.map((name) => docOf({ $bsonSize: docOf({ [name]: `$${name}` }) }));

const rootsOf = ({ path, action }: EditChange): readonly string[] =>
  action.kind === 'rename' && path.length === 1 ? [rootOf(path), action.from] : [rootOf(path)];

/**
 * Documents that would outgrow what a server takes in one of the passes. The fields that change are measured apart from
 * what stays: the server measures no document that is larger.
 */
function growingPipeline(collection: string, { changes }: PlanContext): readonly Value[] {
  const passes = passesOf(collection, changes).map((pass) => pass.map((edit) => askedEdit(edit, changes)));
  const roots = [...new Set(passes.flat().flatMap(rootsOf))];
  const parts = bytesOf(roots);
  const now = docOf({ $add: [`$${rest}`, ...parts] });
  const measured = (pass: readonly EditChange[]): readonly Doc[] => [
    ...stagesOf(pass),
    docOf({ $set: docOf({ [isTooLarge]: docOf({ $or: [`$${isTooLarge}`, docOf({ $gt: [now, int(largest)] })] }) }) }),
  ];
  const size = docOf({ $bsonSize: '$$ROOT' });
  return [
    docOf({ $match: anyMayApply(passes.flat()) }),
    docOf({ $match: docOf({ $expr: docOf({ $gt: [size, int(worthAsking)] }) }) }),
    docOf({ $set: docOf({ [rest]: docOf({ $subtract: [size, docOf({ $add: parts })] }) }) }),
    ...passes.flatMap(measured),
    docOf({ $match: docOf({ [isTooLarge]: true }) }),
    docOf({ $project: docOf({ _id: int(1) }) }),
    ...counted,
  ];
}

const growthId = (collection: string): string => `${collection} growth`;

const grows = ({ action }: EditChange): boolean => action.kind !== 'remove';

/** Asked once a collection, by the first of its edits that adds anything. */
export function growthQuestion(change: EditChange, context: PlanContext): readonly Question[] {
  const { collection } = change;
  if (editsOf(collection, context.changes).find(grows) !== change) return [];
  return [{ id: growthId(collection), collection, pipeline: growingPipeline(collection, context), mayEstimate: true }];
}

export function growthViolations(change: EditChange, { facts, changes }: PlanContext): readonly Violation[] {
  const { collection, address } = change;
  const answer = facts?.answers.get(growthId(collection));
  if (answer === undefined || answer.count === 0) return [];
  if (editsOf(collection, changes).find(grows) !== change) return [];
  const message = `${plural(answer.count, 'document')} would be larger than the 16 MiB that a server takes`;
  return [{ code: 'too-large', address, message, count: answer.count, sample: answer.sample }];
}
