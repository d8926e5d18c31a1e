import { doc, docOf, isScalar, type Value } from '../../../state/value.ts';
import type { Series } from '../../change.ts';
import { both } from '../../rewrite/expressions.ts';
import type { NamedIndex } from '../../operation.ts';
import { counted } from '../../questions.ts';
import { isMeasurement } from './series.ts';
import { withinFilter } from './within.ts';

const isArray = (expression: string): Value => docOf({ $isArray: expression });
const either = (conditions: readonly Value[]): Value =>
  conditions.length === 1 ? (conditions[0] as Value) : docOf({ $or: conditions });

/** The field itself and the objects that lead to it: `a`, `a.b`, `a.b.c`. */
function prefixes(root: string, path: readonly string[]): readonly string[] {
  return path.map((_, at) => `${root}${path.slice(0, at + 1).join('.')}`);
}

const arrayAlong = (path: readonly string[]): Value => either(prefixes('$', path).map(isArray));

/** At which step of the path the first array lies; -1 where there is none. */
function firstArray(root: string, path: readonly string[]): Value {
  const branches = prefixes(root, path).map((prefix, at) => docOf({ case: isArray(prefix), then: number(at) }));
  return docOf({ $switch: docOf({ branches, default: number(-1) }) });
}

const number = (value: number): Value => ({ type: 'int', text: String(value) });

/**
 * Whether two key fields lie in different arrays of one document (171). Fields that share the array they first meet
 * are looked at again within each of its elements (seen on 4.4.2 to 6.0.27).
 */
function parallel(root: string, left: readonly string[], right: readonly string[], depth: number): Value {
  const shared = left.findIndex((step, at) => step !== right[at]);
  const common = shared < 0 ? Math.min(left.length, right.length) : shared;
  const [at, to] = [firstArray(root, left), firstArray(root, right)];
  const met = (value: Value): Value => docOf({ $gte: [value, number(0)] });
  const apart = docOf({ $or: [docOf({ $ne: [at, to] }), docOf({ $gte: [at, number(common)] })] });
  const within = Array.from({ length: common }, (_, step) => {
    const [rest, other] = [left.slice(step + 1), right.slice(step + 1)];
    if (rest.length === 0 || other.length === 0) return false;
    const name = `e${depth}`;
    const mapped = docOf({
      input: `${root}${left.slice(0, step + 1).join('.')}`,
      as: name,
      in: parallel(`$$${name}.`, rest, other, depth + 1),
    });
    return both(docOf({ $eq: [at, number(step)] }), docOf({ $anyElementTrue: [docOf({ $map: mapped })] }));
  });
  return both(met(at), met(to), either([apart, ...within.filter((one) => one !== false)]));
}

const isGeo = (direction: Value): boolean => direction === '2d' || direction === '2dsphere';
const steps = ([field]: NamedIndex['key'][number]): readonly string[] => field.split('.');

/** A condition on documents that the index could not hold; null where every document fits. */
function conditionOf(key: NamedIndex['key']): Value | null {
  if (key.some(([field, direction]) => isGeo(direction) || field.endsWith('$**') || /\.\d+(\.|$)/.test(field)))
    return null;
  if (key.some(([, direction]) => direction === 'hashed')) return either(key.map((part) => arrayAlong(steps(part))));
  const plain = key.filter(([, direction]) => isScalar(direction));
  if (key.length > plain.length) {
    return plain.length === 0 ? null : either(plain.map((part) => arrayAlong(steps(part))));
  }
  const pairs = plain.flatMap((left, at) =>
    plain.slice(at + 1).map((right) => parallel('$', steps(left), steps(right), 0)),
  );
  return pairs.length === 0 ? null : either(pairs);
}

/** Counts documents with an array along a measurement that is indexed, which a time series cannot hold (5930501). */
export function measurementsPipeline(index: NamedIndex, series: Series | null): readonly Value[] | null {
  const paths = series === null ? [] : index.key.filter(([field]) => isMeasurement(field, series));
  if (paths.length === 0) return null;
  const condition = either(paths.map((part) => arrayAlong(steps(part))));
  return [...withinFilter(index), docOf({ $match: doc(['$expr', condition]) }), ...counted];
}

/** Documents with an array somewhere along one of the keys: a plain match, many times as fast as the exact condition behind it. */
export function anyArray(indexes: readonly NamedIndex[]): Value {
  const paths = new Set(indexes.flatMap(({ key }) => key.flatMap((part) => prefixes('', steps(part)))));
  return docOf({ $match: docOf({ $or: [...paths].map((path) => doc([path, docOf({ $type: 'array' })])) }) });
}

/**
 * Counts documents that a compound index cannot hold because two of its fields are arrays (171), and any array in a
 * hashed index (16766) or beside the text of a text index (201). Geo indexes hold them all. Null: no question.
 */
export function arraysPipeline(index: NamedIndex, series: Series | null): readonly Value[] | null {
  const condition = conditionOf(index.key.filter(([field]) => series === null || !isMeasurement(field, series)));
  if (condition === null) return null;
  return [...withinFilter(index), anyArray([index]), docOf({ $match: doc(['$expr', condition]) }), ...counted];
}
