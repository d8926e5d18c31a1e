import { canonicalCollation, simpleCollation } from '../../../state/canonical/collation.ts';
import { type Doc, doc, docOf, type Value } from '../../../state/value.ts';
import { plural } from '../../../state/words.ts';
import type { CollectionState } from '../../../state/types.ts';
import type { ChangeOf } from '../../change.ts';
import type { CopyOperation, NamedIndex, Operation } from '../../operation.ts';
import { documentsOf, dropKey, exactly, type Family, isDropped, pointer, type Review } from '../family.ts';
import { setValidator } from '../validators/validator.ts';
import { keepPreImages } from '../../pre-images.ts';
import { cannotCopy } from '../../refusals.ts';
import { counted } from '../../questions.ts';
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

function copy({ collection, before, after }: RecreateChange, uuid: string): CopyOperation {
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
  };
}

/** What cannot be renamed is dropped and made again: a view at any time, a time series while it holds nothing. */
function makeAgain({ collection, address, before, after }: RecreateChange): readonly Operation[] {
  const pipeline = [docOf({ $limit: { type: 'int', text: '1' } }), ...counted];
  const isEmpty = {
    kind: 'assert',
    collection,
    address,
    code: 'not-empty',
    pipeline,
    collation: null,
    otherwise: null,
  } as const;
  return [...(before.type === 'timeseries' ? [isEmpty] : []), drop(collection), ...createWhole(collection, after)];
}

/** Seal, copy, change places; the old collection lies in the trash as it was, but that its TTL indexes sleep. */
function lowerOne(change: RecreateChange): readonly Operation[] {
  const { before, uuid } = change;
  if (uuid === null) return makeAgain(change);
  const trash = trashName(uuid);
  return [
    copy(change, uuid),
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
  if (uuid === null) return { hazards: [], notes: [] };
  const indexes = plural(indexesOf(after).length, 'index', 'indexes');
  const message = `writes to "${collection}" are refused while ${plural(documents, 'document')} are copied into a new collection and ${indexes} are built; the old one goes into the trash`;
  if (reverts.length > 0) return { hazards: [], notes: [{ code: 'writes-refused', address, message }] };
  const recount = [docOf({ $count: 'n' })];
  return { hazards: [{ code: 'recreate-collection', address, message, count: documents, recount }], notes: [] };
}

const idsQuestion = ({ address }: RecreateChange): string => `${address} ids`;

export const recreateFamily: Family<RecreateChange> = {
  needs: (change, others) => [
    ...others.filter(({ kind, collection }) => kind === 'rename' && collection === change.collection),
    ...sourcesOf(change, others),
  ],

  questions(change) {
    const collation = canonicalCollation(change.after.options['collation'] ?? simpleCollation);
    if (collation === undefined) return [];
    return [
      { id: idsQuestion(change), collection: change.collection, pipeline: equalIds, collation, mayEstimate: false },
    ];
  },

  review(change, context) {
    const { address, collection, before, after } = change;
    const documents = documentsOf(collection, context.facts);
    if (before.type === 'timeseries' && documents > 0) throw cannotCopy(address, collection, documents);
    const equal = context.facts?.answers.get(idsQuestion(change));
    return {
      action: 'replace',
      kind: 'recreateCollection',
      route: null,
      before,
      after,
      ...warnings(change, documents),
      violations:
        equal === undefined || equal.count === 0
          ? []
          : [
              {
                code: 'duplicate',
                address,
                message: `${plural(equal.count, 'document')} have ids that are equal under the new collation`,
                count: equal.count,
                sample: equal.sample,
              },
            ],
      estimate: { documents, exact: true, bytes: 0 },
      reversal: exactly(),
    };
  },

  patch: ({ collection, after }) => [{ op: 'replace', path: pointer('collections', collection), value: after }],

  unitKey: ({ collection }, others) => (isDropped(collection, others) ? dropKey(collection) : `recreate ${collection}`),

  lower: (changes, context) =>
    changes.flatMap(({ change }) => (isDropped(change.collection, context.changes) ? [] : lowerOne(change))),
};
