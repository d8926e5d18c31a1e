import { encode } from '../state/encode.ts';
import type { CheckDeclaration } from '../state/types.ts';
import { type Doc, docOf, int, isDoc, isList, isScalar, type Value } from '../state/value.ts';

const whole: readonly string[] = ['int', 'double'];

/** A value as mongosh reads it. What has no literal of its own is Extended JSON. */
function shellValue(value: Value): string {
  if (isList(value)) return `[${value.map(shellValue).join(', ')}]`;
  if (isDoc(value))
    return `{ ${[...value].map(([name, item]) => `${shellName(name)}: ${shellValue(item)}`).join(', ')} }`;
  if (!isScalar(value)) return JSON.stringify(value);
  if (whole.includes(value.type) && Number.isFinite(Number(value.text))) return value.text;
  if (value.type === 'objectId') return `ObjectId("${value.text}")`;
  return `EJSON.deserialize(${JSON.stringify(encode(value))})`;
}

const shellName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** The documents that share the values of these fields with another one, by those values. */
function sharedBy(fields: readonly Value[]): readonly Doc[] {
  const paths = fields.filter((field) => typeof field === 'string');
  const keys = paths.map((path, at): readonly [string, Value] => [`k${at}`, `$${path}`]);
  const present = paths.map((path): readonly [string, Value] => [path, docOf({ $ne: null })]);
  return [
    docOf({ $match: new Map(present) }),
    docOf({
      $group: docOf({ _id: new Map(keys), ids: docOf({ $push: '$_id' }), n: docOf({ $sum: int(1) }) }),
    }),
    docOf({ $match: docOf({ n: docOf({ $gt: int(1) }) }) }),
  ];
}

/** What lists every document that a named check finds, as it is typed into mongosh. */
export function shellQuery(collection: string, { rule }: CheckDeclaration): string {
  const [where, pipeline, duplicate] = [rule.get('where'), rule.get('pipeline'), rule.get('duplicate')];
  const from = `db.getCollection(${JSON.stringify(collection)})`;
  if (isDoc(where)) return `${from}.find(${shellValue(where)})`;
  const stages = isList(pipeline) ? pipeline : sharedBy(isList(duplicate) ? duplicate : [duplicate ?? null]);
  return `${from}.aggregate(${shellValue(stages)})`;
}
