import { documentsThat } from '../../../state/words.ts';
import { type Doc, docOf, int, type Value } from '../../../state/value.ts';
import type { ChangeOf } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import { isPlainFill } from '../../rewrite/edits.ts';
import { cannotBeSent, repeatsOn } from '../../rewrite/unkept.ts';

type EditChange = ChangeOf<'edit'>;

/** Where it stands, while a question is answered, what of a document could not be kept; no field of a declaration begins so. */
const unkept = '__schemactl_unkept';

interface Kind {
  readonly sum: 'twice' | 'unsendable';
  readonly code: Violation['code'];
  readonly words: readonly [one: string, several: string];
}

const ofHolding = (what: string): Kind['words'] => [`holds ${what}`, `hold ${what}`];

const kinds: readonly Kind[] = [
  { sum: 'twice', code: 'repeated-name', words: ofHolding('a name twice in an object that is put together anew') },
  { sum: 'unsendable', code: 'not-sendable', words: ofHolding('a value that could not be given back') },
];

/** Whether an edit puts the object anew in which its field stands; a plain `$set` does not. */
const isBuiltAnew = (change: EditChange): boolean => change.path.length > 1 && !isPlainFill(change);

/** Whether an edit takes the place of a value; what it puts there is kept as well. */
const takesValues = ({ action: { kind } }: EditChange): boolean => kind === 'remove' || kind === 'convert';

const conditions = (change: EditChange): Doc =>
  docOf({
    twice: isBuiltAnew(change) ? repeatsOn(change.path) : undefined,
    unsendable: takesValues(change) ? cannotBeSent(change.path) : undefined,
  });

/** A stage, before those of an edit, after which the sums below are known. */
export function unkeptStages(change: EditChange): readonly Doc[] {
  const asked = conditions(change);
  return asked.size === 0 ? [] : [docOf({ $set: docOf({ [unkept]: asked }) })];
}

const counting = (condition: Value): Value => docOf({ $sum: docOf({ $cond: [condition, int(1), int(0)] }) });

/** How many of the documents that an edit changes hold, or are computed to hold, what could not be given back. */
export const unkeptSums = (change: EditChange): readonly (readonly [string, Value])[] => [
  ...[...conditions(change).keys()].map((name) => [name, counting(`$${unkept}.${name}`)] as const),
  ...(change.action.kind === 'compute' ? [['unsendable', counting(cannotBeSent(change.path))] as const] : []),
];

/** What an edit would take and nothing could give back; what is not kept on purpose need not be sent. */
export function unkeptViolations(
  { address }: EditChange,
  sums: ReadonlyMap<string, number> | undefined,
  undo: boolean,
): readonly Violation[] {
  return kinds.flatMap(({ sum, code, words }) => {
    const count = sums?.get(sum) ?? 0;
    if (count === 0 || (sum === 'unsendable' && !undo)) return [];
    return [{ code, address, message: documentsThat(count, words), count, sample: [] }];
  });
}
