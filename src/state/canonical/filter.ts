import { canonical } from '../encode.ts';
import { type Doc, doc, isDoc, isList, toNumber, type Value } from '../value.ts';
import { byValue } from './number.ts';

/** What `$type` may be asked by number, as the name that means the same (manual, "BSON Types"). */
const typeNames: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  13: 'javascript',
  14: 'symbol',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
};

const sorted = (values: readonly Value[]): readonly Value[] =>
  [...values]
    .map((value) => [canonical(value), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, value]) => value);

function unique(values: readonly Value[]): readonly Value[] {
  return [...new Map(values.map((value) => [canonical(value), value])).values()];
}

const isOperators = (value: Value): value is Doc =>
  isDoc(value) && value.size > 0 && [...value.keys()].every((name) => name.startsWith('$'));

const asList = (value: Value): readonly Value[] => (isList(value) ? value : [value]);

function typesOf(value: Value): Value {
  const names = asList(value).map((one) => typeNames[toNumber(one) ?? -1] ?? one);
  return sorted(unique(names));
}

/** One operator on one path. `$in` is a set; a set of one is `$eq`; `$exists` is asked by truth. */
function operatorOf(name: string, value: Value): Doc {
  if (name === '$in') {
    const set = sorted(unique(asList(value).map(byValue)));
    return set.length === 1 ? doc(['$eq', set[0] as Value]) : doc(['$in', set]);
  }
  if (name === '$type') return doc([name, typesOf(value)]);
  if (name === '$exists') return doc([name, value !== false && toNumber(value) !== 0]);
  return doc([name, byValue(value)]);
}

/** The conditions of a filter one by one, a path and an operator each: all of them must hold. */
export function filterClauses(filter: Doc): readonly Value[] {
  return [...filter].flatMap(([name, value]): readonly Value[] => {
    if (name === '$and') return asList(value).flatMap((part) => (isDoc(part) ? filterClauses(part) : []));
    if (name === '$or') return [eitherOf(asList(value))];
    if (!isOperators(value)) return [doc([name, operatorOf('$eq', value)])];
    return [...value].map(([operator, operand]) => doc([name, operatorOf(operator, operand)]));
  });
}

function eitherOf(parts: readonly Value[]): Value {
  const branches = sorted(unique(parts.filter(isDoc).map(canonicalFilter)));
  return branches.length === 1 ? (branches[0] as Value) : doc(['$or', branches]);
}

/**
 * A filter of a partial index as a sorted tree: `$and` flattened, `$eq` written out, sets in one order.
 * A clause that stands twice stays twice: to the server that is another index (5.0.4 to 6.0.27), which bridges rely on.
 */
export function canonicalFilter(filter: Value): Value {
  const clauses = isDoc(filter) ? sorted(filterClauses(filter)) : [];
  return clauses.length === 1 ? (clauses[0] as Value) : doc(['$and', clauses]);
}
