import { doc, docOf, int, isScalar, scalar, toNumber, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { counted } from '../../questions.ts';
import { withinFilter } from './within.ts';

const value = '$v';
const isArray = (expression: Value): Value => docOf({ $isArray: expression });
const at = (list: Value, index: number): Value => docOf({ $arrayElemAt: [list, int(index)] });
const not = (expression: Value): Value => docOf({ $not: [expression] });
const choose = (condition: Value, then: Value, otherwise: Value): Value =>
  docOf({ $cond: [condition, then, otherwise] });

/** An array that is not one pair of numbers: several places. */
const isList = docOf({
  $and: [isArray(value), not(docOf({ $isNumber: choose(isArray(value), at(value, 0), int(0)) }))],
});
const holdsSomething = not(docOf({ $in: [value, docOf({ $literal: [null, [], new Map()] })] }));

/** A ring of which each side is half of the world, the one way round and the other; a big polygon needs this system. */
const ring = [
  [-100, -80],
  [100, -80],
  [100, 80],
  [-100, 80],
  [-100, -80],
].map((pair) => pair.map(int));
const crs = docOf({ type: 'name', properties: docOf({ name: 'urn:x-mongodb:crs:strictwinding:EPSG:4326' }) });
const crosses = (side: Value): Value => {
  const geometry = docOf({ type: 'Polygon', coordinates: [side], crs });
  return docOf({ v: docOf({ $geoIntersects: docOf({ $geometry: geometry }) }) });
};

/** What lies nowhere on the sphere: neither within the ring nor around it. */
const nowhere = docOf({ $nor: [crosses(ring), crosses([...ring].reverse())] });

const onSphere: readonly Value[] = [
  docOf({
    $match: docOf({
      v: docOf({ $exists: true }),
      $and: [docOf({ $expr: holdsSomething }), docOf({ $or: [docOf({ $expr: isList }), nowhere] })],
    }),
  }),
];

const valuesOf = (item: string): Value => {
  const isObject = docOf({ $eq: [docOf({ $type: item }), 'object'] });
  const values = docOf({ $map: docOf({ input: docOf({ $objectToArray: item }), in: '$$this.v' }) });
  return choose(isArray(item), item, choose(isObject, values, []));
};

const bound = (index: NamedIndex, name: 'min' | 'max', standard: number): Value => {
  const own = index.options[name];
  return isScalar(own) && toNumber(own) !== undefined ? own : scalar('double', `${standard}.0`);
};

/** Pairs, or objects whose first two values are one, within the bounds of the index. */
function inPlane(index: NamedIndex): readonly Value[] {
  const [min, max] = [bound(index, 'min', -180), bound(index, 'max', 180)];
  const isWithin = (position: number): Value => {
    const number = at('$pair', position);
    return docOf({
      $and: [docOf({ $isNumber: number }), docOf({ $gte: [number, min] }), docOf({ $lte: [number, max] })],
    });
  };
  return [
    docOf({
      $match: docOf({
        $expr: docOf({ $and: [docOf({ $in: [docOf({ $type: value }), ['object', 'array']] }), holdsSomething] }),
      }),
    }),
    docOf({ $project: docOf({ v: choose(isList, value, [value]) }) }),
    docOf({ $unwind: value }),
    docOf({ $project: docOf({ pair: valuesOf(value) }) }),
    docOf({ $match: docOf({ $expr: not(docOf({ $and: [isWithin(0), isWithin(1)] })) }) }),
  ];
}

function ofField(index: NamedIndex, field: string, kind: Value): readonly Value[] {
  const steps = field.split('.');
  const parents = steps.slice(0, -1).map((_, position) => `$${steps.slice(0, position + 1).join('.')}`);
  return [
    ...withinFilter(index),
    docOf({ $match: doc([field, docOf({ $exists: true })]) }),
    ...parents.map((path) => docOf({ $unwind: docOf({ path, preserveNullAndEmptyArrays: true }) })),
    docOf({ $project: docOf({ v: `$${field}` }) }),
    ...(kind === '2d' ? inPlane(index) : onSphere),
    docOf({ $group: docOf({ _id: '$_id' }) }),
    ...counted,
  ];
}

/**
 * Counts documents with values that a geo index cannot hold (16755 of `2dsphere`; 16804, 13026, 13027 of `2d`), a
 * pipeline a field. The server's own geometry is asked: what is valid lies on one side of a ring or on the other.
 */
export function geometryPipelines(index: NamedIndex): readonly (readonly Value[])[] {
  return index.key
    .filter(([, kind]) => kind === '2dsphere' || kind === '2d')
    .map(([field, kind]) => ofField(index, field, kind));
}
