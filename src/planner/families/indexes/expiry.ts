import type { Reversal } from '../../contract.ts';
import { counted } from '../../questions.ts';
import { exactly } from '../family.ts';
import { plural } from '../../../state/words.ts';
import { docOf, type Scalar, scalar, toNumber, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { withinFilter } from './within.ts';

const secondsOf = (index: NamedIndex | null): number | null => toNumber(index?.options['expireAfterSeconds']) ?? null;

const asList = (expression: string): Value =>
  docOf({ $cond: [docOf({ $isArray: expression }), expression, [expression]] });

const milliseconds = (index: NamedIndex): Scalar => scalar('long', String((secondsOf(index) || 0) * 1000));

/** Whether the server deletes documents by this index. */
export const isExpiring = ({ options }: NamedIndex): boolean => options['expireAfterSeconds'] !== undefined;

/** What is said of documents that are deleted at once. */
export const expiryWords = (count: number): string =>
  `the server deletes ${plural(count, 'document')} at once, and no rollback brings them back`;

/** What no undo gives back of the documents that these hazards count; nothing where there are none. */
export function lostToExpiry(hazards: readonly { readonly count?: number }[]): readonly string[] {
  const most = Math.max(0, ...hazards.map(({ count = 0 }) => count));
  return most === 0 ? [] : [`the ${plural(most, 'document')} that expire`];
}

/** How far something is undone beside these hazards. */
export function reversalBeside(hazards: readonly { readonly count?: number }[], undoBytes = 0): Reversal {
  const [lost] = lostToExpiry(hazards);
  return lost === undefined ? exactly(undoBytes) : { kind: 'lossy', lost, undoBytes };
}

/**
 * Counts documents that the server would delete at its next pass: those whose date, or the earliest of several in an
 * array, lies further back than the TTL; anything that is no date never expires (manual, "TTL Indexes").
 */
export function expiringPipeline(index: NamedIndex): readonly Value[] {
  const field = `$${index.key[0]?.[0] ?? ''}`;
  const isDate = docOf({ $eq: [docOf({ $type: '$$this' }), 'date'] });
  const dates = docOf({ $filter: docOf({ input: asList(field), cond: isDate }) });
  const limit = docOf({ $subtract: ['$$NOW', milliseconds(index)] });
  return [
    ...withinFilter(index),
    docOf({ $project: docOf({ earliest: docOf({ $min: dates }) }) }),
    docOf({ $match: docOf({ earliest: docOf({ $type: 'date' }), $expr: docOf({ $lt: ['$earliest', limit] }) }) }),
    ...counted,
  ];
}
