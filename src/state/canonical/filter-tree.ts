import { type Doc, doc, isDoc, isList, type Value } from '../value.ts';

/** A filter as the server reads it: every condition is a leaf, whatever holds more than one of them stands above. */
interface Node {
  readonly kind: 'and' | 'or' | 'leaf';
  readonly parts: readonly Node[];
}

const leaf: Node = { kind: 'leaf', parts: [] };

const isOperators = (value: Value): value is Doc => isDoc(value) && [...value.keys()][0]?.startsWith('$') === true;

function partsOf([name, value]: readonly [string, Value]): readonly Node[] {
  if (name === '$and' || name === '$or') {
    const parts = isList(value) ? value.filter(isDoc).map(nodeOf) : [];
    return [{ kind: name === '$and' ? 'and' : 'or', parts }];
  }
  if (name === '$comment') return [];
  const operators: Doc = isOperators(value) ? value : doc(['$eq', value]);
  return [...operators].map(([operator, operand]) =>
    operator === '$all' && isList(operand) ? { kind: 'and', parts: operand.map(() => leaf) } : leaf,
  );
}

function nodeOf(filter: Doc): Node {
  const parts = [...filter].flatMap(partsOf);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'and', parts };
}

const depthOf = ({ parts }: Node): number => Math.max(0, ...parts.map((part) => 1 + depthOf(part)));

const holdsAnd = ({ kind, parts }: Node): boolean => kind === 'and' || parts.some(holdsAnd);

/** How deep the conditions of a filter lie under `$and` and `$or`; two conditions side by side are an `$and`. */
export const filterDepth = (filter: Doc): number => depthOf(nodeOf(filter));

/** Whether conditions that must hold together stand anywhere but at the top. */
export const hasInnerAnd = (filter: Doc): boolean => nodeOf(filter).parts.some(holdsAnd);
