import { docOf, toNumber, type Value } from '../../../state/value.ts';
import type { CollectionState } from '../../../state/types.ts';
import { counted } from '../../questions.ts';
import { collectionOption } from './options.ts';

type Options = CollectionState['options'];

/** A limit as the server keeps it; Infinity where there is none. */
function limit(options: Options, name: 'size' | 'max'): number {
  const value = options[name];
  const kept = value === undefined ? undefined : collectionOption(name).canonical(value);
  return (kept === undefined ? undefined : toNumber(kept)) ?? Infinity;
}

const double = (value: number): Value => ({
  type: 'double',
  text: Number.isInteger(value) ? `${value}.0` : String(value),
});

/** About how many documents do not fit under a cap, by their number and by their bytes; nothing where all do. */
export function overflowing(options: Options): readonly Value[] {
  const [size, max] = [limit(options, 'size'), limit(options, 'max')];
  const totals = docOf({
    _id: null,
    n: docOf({ $sum: double(1) }),
    bytes: docOf({ $sum: docOf({ $bsonSize: '$$ROOT' }) }),
  });
  const byNumber = Number.isFinite(max) ? docOf({ $subtract: ['$n', double(max)] }) : double(0);
  const tooMuch = docOf({ $subtract: ['$bytes', double(size)] });
  const byBytes = docOf({ $ceil: docOf({ $divide: [docOf({ $multiply: [tooMuch, '$n'] }), '$bytes'] }) });
  return [
    docOf({ $group: totals }),
    docOf({ $project: docOf({ n: docOf({ $max: [byNumber, byBytes] }) }) }),
    docOf({ $match: docOf({ n: docOf({ $gt: double(0) }) }) }),
  ];
}

/** Documents that are larger than the cap by themselves: refused before 5.0 (2), later all the others make way. */
export function tooLarge(options: Options): readonly Value[] {
  const isLarger = docOf({ $gt: [docOf({ $bsonSize: '$$ROOT' }), double(limit(options, 'size'))] });
  return [docOf({ $match: docOf({ $expr: isLarger }) }), ...counted];
}
