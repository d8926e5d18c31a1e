import { canonicalCollation, simpleCollation } from '../../../state/canonical/collation.ts';
import { type Doc, doc, docOf, type Value } from '../../../state/value.ts';
import { plural } from '../../../state/words.ts';
import type { CollectionState } from '../../../state/types.ts';
import type { ChangeOf } from '../../change.ts';
import type { CopyOperation, NamedIndex, Operation } from '../../operation.ts';
import {
  type CountedHazard,
  documentsOf,
  dropKey,
  exactly,
  type Family,
  isDropped,
  pointer,
  type PlanContext,
  type Review,
} from '../family.ts';
import { setValidator } from '../validators/validator.ts';
import { keepPreImages } from '../../pre-images.ts';
import { cannotCopy } from '../../refusals.ts';
import type { Violation } from '../../contract.ts';
import { type Answer, counted, type Question } from '../../questions.ts';
import { since } from '../../versions.ts';
import { collationQuestion } from '../indexes/terms.ts';
import { type Aging, expiryHazard, expiryQuestion } from './expiry.ts';
import { overflowing, tooLarge } from './capped.ts';
import { sourcesOf } from './views.ts';
import { createBody, createWhole, drop, expire, trashName } from './commands.ts';

type RecreateChange = ChangeOf<'recreate'>;

/** Where the new collection is made until it takes the old one's place. */
export function makingName(uuid: string): string {
  return `schemactl_new_${uuid}`;
}

/** A validator that no document passes: inserts and updates fail (121), deletes pass (4.4 to 6.0). */
const seal: Doc = docOf({
  rule: docOf({ $expr: docOf({ $eq: ['schemactl is copying this collection', 'writes are refused meanwhile'] }) }),
  level: 'strict',
  action: 'error',
});

const indexesOf = ({ indexes }: CollectionState): readonly NamedIndex[] =>
  Object.entries(indexes).map(([name, index]) => ({ name, ...index }));

function withValidator(body: Doc, validator: Doc | null): Doc {
  if (validator === null) return body;
  return new Map<string, Value>([
    ...body,
    ['validator', validator.get('rule') ?? docOf({})],
    ['validationLevel', validator.get('level') ?? 'strict'],
    ['validationAction', validator.get('action') ?? 'error'],
  ]);
}

function copy({ collection, before, after }: RecreateChange, uuid: string, mayLose: boolean): CopyOperation {
  const to = makingName(uuid);
  const collation = after.options['collation'];
  return {
    kind: 'copy',
    from: collection,
    to,
    trash: trashName(uuid),
    seal: setValidator(collection, seal),
    unseal: setValidator(collection, before.validator),
    create: withValidator(createBody(to, after), after.validator),
    indexes: indexesOf(after),
    collation: (collation === undefined ? undefined : canonicalCollation(collation)) ?? simpleCollation,
    inServer: after.options['clusteredIndex'] === undefined,
    mayLose,
  };
}

/** A time series cannot be renamed, so it is dropped and made again while it holds nothing. */
function makeAgain({ collection, address, after }: RecreateChange): readonly Operation[] {
  const pipeline = [docOf({ $limit: { type: 'int', text: '1' } }), ...counted];
  const isEmpty = {
    kind: 'assert',
    collection,
    address,
    code: 'not-empty',
    approved: null,
    pipeline,
    collation: null,
    otherwise: null,
  } as const;
  return [isEmpty, drop(collection), ...createWhole(collection, after)];
}

/** Views that read each other have one collation at any time (167), so all of them go before the first comes back. */
function makeViewsAgain(changes: readonly RecreateChange[]): readonly Operation[] {
  const drops = changes.map(({ collection }) => drop(collection));
  return [...drops.reverse(), ...changes.flatMap(({ collection, after }) => createWhole(collection, after))];
}

const isView = ({ before }: RecreateChange): boolean => before.type === 'view';

/** Seal, copy, change places; the old collection lies in the trash as it was, but that its TTL indexes sleep. */
function lowerOne(change: RecreateChange, context: PlanContext): readonly Operation[] {
  const { before, uuid } = change;
  if (uuid === null) return makeAgain(change);
  const trash = trashName(uuid);
  return [
    copy(change, uuid, answerTo(overflowQuestion(change), context) !== null),
    keepPreImages(setValidator(trash, before.validator), before.options),
    ...expire(trash, before, 'never'),
  ];
}

/** Documents whose ids the new collation calls equal; text alone has a collation. */
const equalIds: readonly Value[] = [
  docOf({ $match: docOf({ _id: docOf({ $type: ['string', 'object', 'array'] }) }) }),
  docOf({
    $group: docOf({ _id: '$_id', n: docOf({ $sum: { type: 'int', text: '1' } }), sample: docOf({ $push: '$_id' }) }),
  }),
  docOf({ $match: docOf({ n: doc(['$gt', { type: 'int', text: '1' }]) }) }),
  docOf({ $group: docOf({ _id: null, n: docOf({ $sum: '$n' }), sample: docOf({ $first: '$sample' }) }) }),
];

/** What happens to writes meanwhile; a rollback says it without waiting for leave. */
function warnings(change: RecreateChange, documents: number): Pick<Review, 'hazards' | 'notes'> {
  const { address, collection, after, uuid, reverts } = change;
  if (isView(change)) return { hazards: [], notes: [] };
  if (uuid === null) {
    const again = `the time series "${collection}" holds nothing, and is dropped and made again`;
    return { hazards: [], notes: [{ code: 'made-again', address, message: again }] };
  }
  const indexes = plural(indexesOf(after).length, 'index', 'indexes');
  const message = `writes to "${collection}" are refused while ${plural(documents, 'document')} are copied into a new collection and ${indexes} ${indexesOf(after).length === 1 ? 'is' : 'are'} built; the old one goes into the trash`;
  if (reverts.length > 0) return { hazards: [], notes: [{ code: 'writes-refused', address, message }] };
  const recount = [docOf({ $count: 'n' })];
  return { hazards: [{ code: 'recreate-collection', address, message, count: documents, recount }], notes: [] };
}

const idsQuestion = ({ address }: RecreateChange): string => `${address} ids`;
const overflowQuestion = ({ address }: RecreateChange): string => `${address} shrink`;
const largeQuestion = ({ address }: RecreateChange): string => `${address} too large`;

function answerTo(id: string, { facts }: PlanContext): Answer | null {
  const answer = facts?.answers.get(id);
  return answer === undefined || answer.count === 0 ? null : answer;
}

const isCapped = ({ after }: RecreateChange): boolean => after.options['capped'] === true;

const aging = ({ address, collection, before, after }: RecreateChange): Aging => {
  return { address, collection, before: before.options, after: after.options };
};

/** What a cap loses of the documents that are there. */
function overflowHazards(change: RecreateChange, context: PlanContext): readonly CountedHazard[] {
  const lost = answerTo(overflowQuestion(change), context);
  if (lost === null) return [];
  const message = `about ${plural(lost.count, 'document')}, the oldest, do not fit into the new collection; the trash holds them until its time is up`;
  const recount = overflowing(change.after.options);
  return [{ code: 'shrink-capped', address: change.address, message, count: lost.count, recount }];
}

function violationsOf(change: RecreateChange, context: PlanContext): readonly Violation[] {
  const { address } = change;
  const found = (id: string, code: Violation['code'], words: string): readonly Violation[] => {
    const answer = answerTo(id, context);
    if (answer === null) return [];
    const { count, sample } = answer;
    return [{ code, address, message: `${plural(count, 'document')} ${words}`, count, sample }];
  };
  return [
    ...found(idsQuestion(change), 'duplicate', 'have ids that are equal under the new collation'),
    ...found(largeQuestion(change), 'too-large', 'are each larger than the whole new collection may be'),
  ];
}

export const recreateFamily: Family<RecreateChange> = {
  needs: (change, others) => [
    ...others.filter(({ kind, collection }) => kind === 'rename' && collection === change.collection),
    ...sourcesOf(change, others),
  ],

  questions(change, { version }) {
    const { collection, after, uuid } = change;
    if (uuid === null) return collationQuestion(change.address, after.options);
    const collation = canonicalCollation(after.options['collation'] ?? simpleCollation);
    const ask = (id: string, pipeline: readonly Value[]): Question => ({
      id,
      collection,
      pipeline,
      mayEstimate: false,
    });
    return [
      ...collationQuestion(change.address, after.options),
      ...(collation === undefined ? [] : [{ ...ask(idsQuestion(change), equalIds), collation }]),
      ...expiryQuestion(aging(change)),
      ...(isCapped(change) ? [ask(overflowQuestion(change), overflowing(after.options))] : []),
      ...(isCapped(change) && !since(version, '5.0.0') ? [ask(largeQuestion(change), tooLarge(after.options))] : []),
    ];
  },

  review(change, context) {
    const { address, collection, before, after } = change;
    const documents = documentsOf(collection, context.facts);
    if (before.type === 'timeseries' && documents > 0) throw cannotCopy(address, collection, documents);
    const { hazards, notes } = warnings(change, documents);
    const overflow = overflowHazards(change, context);
    const expiring = expiryHazard(aging(change), context);
    const losses = [
      ...overflow.map(() => 'the documents that do not fit'),
      ...expiring.map(() => 'the documents that the server deletes'),
    ];
    return {
      action: 'replace',
      kind: 'recreateCollection',
      route: null,
      before,
      after,
      hazards: [...hazards, ...overflow, ...expiring],
      notes,
      violations: violationsOf(change, context),
      estimate: { documents, exact: true, bytes: 0 },
      reversal: losses.length === 0 ? exactly() : { kind: 'lossy', lost: losses.join(', '), undoBytes: 0 },
    };
  },

  patch: ({ collection, after }) => [{ op: 'replace', path: pointer('collections', collection), value: after }],

  unitKey(change, others) {
    const { collection } = change;
    if (isDropped(collection, others)) return dropKey(collection);
    return isView(change) ? 'recreate views' : `recreate ${collection}`;
  },

  lower(changes, context) {
    const kept = changes.map(({ change }) => change).filter((change) => !isDropped(change.collection, context.changes));
    const others = kept.filter((change) => !isView(change));
    return [...makeViewsAgain(kept.filter(isView)), ...others.flatMap((change) => lowerOne(change, context))];
  },
};
