import { docOf, toNumber, type Value } from '../../../state/value.ts';
import { counted, type Question } from '../../questions.ts';
import type { CountedHazard, PlanContext } from '../family.ts';
import { expiryWords } from '../indexes/expiry.ts';
import type { Options } from './options.ts';

/** A collection whose own TTL (not that of an index) appears or becomes shorter. */
export interface Aging {
  readonly address: string;
  readonly collection: string;
  readonly before: Options;
  readonly after: Options;
}

/** How long documents may live: Infinity without a TTL. */
const lifeOf = (options: Options): number => toNumber(options['expireAfterSeconds']) ?? Infinity;

const shortensLife = ({ before, after }: Aging): boolean => lifeOf(after) < lifeOf(before);

/** The field whose date counts: a time series' own, or `_id` of a clustered collection. */
function dateField(options: Options): string {
  const series = options['timeseries'];
  return series instanceof Map ? String(series.get('timeField')) : '_id';
}

function expiring(options: Options): readonly Value[] {
  const field = `$${dateField(options)}`;
  const milliseconds = { type: 'long', text: String(lifeOf(options) * 1000) } as const;
  const isOld = docOf({ $lt: [field, docOf({ $subtract: ['$$NOW', milliseconds] })] });
  const isDate = docOf({ $eq: [docOf({ $type: field }), 'date'] });
  return [docOf({ $match: docOf({ $expr: docOf({ $and: [isDate, isOld] }) }) }), ...counted];
}

const expiryId = ({ address }: Aging): string => `${address} expiry`;

export function expiryQuestion(aging: Aging): readonly Question[] {
  if (!shortensLife(aging)) return [];
  const { collection, after } = aging;
  return [{ id: expiryId(aging), collection, pipeline: expiring(after), mayEstimate: false }];
}

/** What the server deletes at its next pass. */
export function expiryHazard(aging: Aging, { facts }: PlanContext): readonly CountedHazard[] {
  const count = shortensLife(aging) ? (facts?.answers.get(expiryId(aging))?.count ?? 0) : 0;
  if (count === 0) return [];
  const { address, after } = aging;
  return [{ code: 'ttl-expiry', address, message: expiryWords(count), count, recount: expiring(after) }];
}
