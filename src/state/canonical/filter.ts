import { canonical } from '../encode.ts';
import { type Doc, doc, isDoc, isList, toNumber, type Value } from '../value.ts';
import { byValue } from './number.ts';

/** What `$type` may be asked by number, as the name that means the same (manual, "BSON Types"). */
const typeNames: Readonly<Record<number, string>> = {
  [-1]: 'minKey',
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  6: 'undefined',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  12: 'dbPointer',
  13: 'javascript',
  14: 'symbol',
  15: 'javascriptWithScope',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
  127: 'maxKey',
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

/** One condition: a path and one operator. */
interface Clause {
  readonly path: string;
  readonly operator: string;
  readonly operand: Value;
}

const written = ({ path, operator, operand }: Clause): Doc => doc([path, doc([operator, operand])]);

function typesOf(value: Value): Value {
  const names = asList(value).map((one) => typeNames[toNumber(one) ?? 0] ?? one);
  return sorted(unique(names));
}

/** `$in` is a set; a set of one is `$eq`. */
function oneOf(path: string, values: readonly Value[]): Clause {
  const set = sorted(unique(values.map(byValue)));
  const [only] = set;
  return set.length === 1 && only !== undefined
    ? { path, operator: '$eq', operand: only }
    : { path, operator: '$in', operand: set };
}

/** `$all` asks for each of its values; `$exists` is asked by truth. */
function clausesOf(path: string, operator: string, operand: Value): readonly Clause[] {
  switch (operator) {
    case '$in':
      return [oneOf(path, asList(operand))];
    case '$all':
      return asList(operand).map((value) => oneOf(path, [value]));
    case '$type':
      return [{ path, operator, operand: typesOf(operand) }];
    case '$exists':
      return [{ path, operator, operand: operand !== false && toNumber(operand) !== 0 }];
    default:
      return [{ path, operator, operand: byValue(operand) }];
  }
}

/** The conditions of a filter one by one, a path and an operator each: all of them must hold. */
export function filterClauses(filter: Doc): readonly Value[] {
  return [...filter].flatMap(([name, value]): readonly Value[] => {
    if (name === '$and') return asList(value).flatMap((part) => (isDoc(part) ? filterClauses(part) : []));
    if (name === '$or') return [eitherOf(asList(value).filter(isDoc))];
    const operators: Doc = isOperators(value) ? value : doc(['$eq', value]);
    return [...operators].flatMap(([operator, operand]) => clausesOf(name, operator, operand).map(written));
  });
}

/** The values that a branch lets a path be equal to, where that is all it says. */
function equalsOf(branch: Value): readonly [path: string, values: readonly Value[]] | null {
  const [entry, ...others] = isDoc(branch) ? [...branch] : [];
  if (entry === undefined || others.length > 0 || !isOperators(entry[1])) return null;
  const [path, operators] = entry;
  if (operators.has('$in')) return [path, asList(operators.get('$in') as Value)];
  return operators.has('$eq') ? [path, [operators.get('$eq') as Value]] : null;
}

/** Alternatives within alternatives are one list, and several values of one path are one `$in`. */
function eitherOf(parts: readonly Doc[]): Value {
  const flat = parts
    .map(canonicalFilter)
    .flatMap((branch) => (isDoc(branch) ? asList(branch.get('$or') ?? [branch]) : []));
  const values = new Map<string, readonly Value[]>();
  for (const [path, more] of flat.map(equalsOf).filter((found) => found !== null)) {
    values.set(path, [...(values.get(path) ?? []), ...more]);
  }
  const sets = [...values].map(([path, set]) => written(oneOf(path, set)));
  const branches = sorted(unique([...sets, ...flat.filter((branch) => equalsOf(branch) === null)]));
  return branches.length === 1 ? (branches[0] as Value) : doc(['$or', branches]);
}

/**
 * A filter of a partial index as a sorted tree: `$and` and `$or` flattened, `$eq` written out, sets in one order.
 * A clause that stands twice stays twice: to the server that is another index (5.0.4 to 6.0.27), which bridges rely on.
 */
export function canonicalFilter(filter: Value): Value {
  const clauses = isDoc(filter) ? sorted(filterClauses(filter)) : [];
  return clauses.length === 1 ? (clauses[0] as Value) : doc(['$and', clauses]);
}
