import { indexName } from '../../../state/address.ts';
import { docOf, int, type Value } from '../../../state/value.ts';
import type { Change, ChangeOf } from '../../change.ts';
import { anyArray } from './arrays.ts';
import type { Note, Reversal, Violation } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import type { Answer, Question } from '../../questions.ts';
import { type CountedHazard, isCreated, type PlanContext } from '../family.ts';
import { plural } from '../../../state/words.ts';
import { coverOf } from './cover.ts';
import { collationOf, duplicateScreens, duplicatesPipeline, withFilling } from './duplicates.ts';
import { isSwapped } from './names.ts';
import { obstaclesOf } from './obstacles.ts';
import { termsQuestion } from './terms.ts';
import { expiringPipeline, expiryWords, isExpiring, reversalBeside } from './expiry.ts';
import { differingOptions, sameKey } from './canonical.ts';
import { optionRow, type Risk } from './options.ts';

type IndexChange = ChangeOf<'index'>;
type Built = IndexChange & { readonly after: NamedIndex };

export const isUnique = (index: NamedIndex | null): boolean => index?.options['unique'] === true;

const bears: Readonly<Record<Risk, (index: NamedIndex) => boolean>> = {
  duplicate: isUnique,
  'ttl-expiry': isExpiring,
};

/** Whether the index puts documents at this risk that were not before: by its key, or by an option. */
function risks(change: IndexChange, risk: Risk): change is Built {
  const { before, after } = change;
  if (after === null || !bears[risk](after)) return false;
  if (before === null || !sameKey(before, after)) return true;
  return differingOptions(before, after).some((name) =>
    optionRow(name).risk(before.options[name], after.options[name]).includes(risk),
  );
}

export const mayShareKeys = (change: IndexChange): change is Built => risks(change, 'duplicate');

const mayExpire = (change: IndexChange): change is Built => risks(change, 'ttl-expiry');

const duplicatesId = ({ address }: IndexChange): string => address;
/** What stands against a build; collMod builds nothing. */
const obstacles = ({ route, before, after, series }: IndexChange): ReturnType<typeof obstaclesOf> =>
  after === null || (route === 'in-place' && before !== null) ? [] : obstaclesOf(after, series);
const expiryId = ({ address }: IndexChange): string => `${address} expiry`;

/** One look for arrays serves all indexes that are built of a collection. */
function arraysAnywhere(collection: string, changes: readonly Change[]): readonly Value[] {
  const built = changes
    .filter((change): change is IndexChange => change.kind === 'index' && change.collection === collection)
    .flatMap((change) =>
      obstacles(change).some(({ code }) => code === 'parallel-arrays') ? (change.after ?? []) : [],
    );
  return withFilling(collection, changes, [anyArray(built), docOf({ $limit: int(1) })]);
}

/** A collection that this plan creates has no documents to ask. */
export function indexQuestions(change: IndexChange, { changes }: PlanContext): readonly Question[] {
  const { collection, after } = change;
  if (after === null) return [];
  const terms = change.route === 'in-place' && change.before !== null ? [] : termsQuestion(change.address, after);
  if (isCreated(collection, changes)) return terms;
  const ask = (id: string, pipeline: Question['pipeline']): Question => ({
    id,
    collection,
    pipeline: withFilling(collection, changes, pipeline),
    mayEstimate: false,
  });
  return [
    ...terms,
    ...obstacles(change).map(({ name, code, pipeline }) => ({
      ...ask(`${change.address} ${name}`, pipeline),
      ...(code === 'parallel-arrays' ? { screens: [arraysAnywhere(collection, changes)] } : {}),
    })),
    ...(mayShareKeys(change)
      ? [
          {
            ...ask(duplicatesId(change), duplicatesPipeline(after)),
            screens: duplicateScreens(after).map((pipeline) => withFilling(collection, changes, pipeline)),
            collation: collationOf(after),
          },
        ]
      : []),
    ...(mayExpire(change) ? [ask(expiryId(change), expiringPipeline(after))] : []),
  ];
}

const answerTo = (id: string, { facts }: PlanContext): Answer | null => {
  const answer = facts?.answers.get(id);
  return answer === undefined || answer.count === 0 ? null : answer;
};

function expiryHazard(change: IndexChange, context: PlanContext): readonly CountedHazard[] {
  const expiring = mayExpire(change) ? answerTo(expiryId(change), context) : null;
  if (expiring === null) return [];
  const message = expiryWords(expiring.count);
  const recount = withFilling(change.collection, context.changes, expiringPipeline(change.after as NamedIndex));
  return [{ code: 'ttl-expiry', address: change.address, message, count: expiring.count, recount }];
}

/** A key that another index takes over, which can only be built once the old one is gone. */
function lapseHazards(change: IndexChange, { changes }: PlanContext): readonly CountedHazard[] {
  const [successor] = coverOf(change, changes).late;
  if (successor === undefined) return [];
  const lapse = isUnique(change.before) ? '; meanwhile duplicates can enter' : '';
  const message = `index "${change.before?.name ?? ''}" is dropped before "${successor.after?.name ?? ''}" of the same key is built, so queries scan the collection meanwhile${lapse}`;
  return [{ code: 'index-gap', address: change.address, message }];
}

export function indexHazards(change: IndexChange, context: PlanContext): readonly CountedHazard[] {
  const { address, before, after } = change;
  const lapses = lapseHazards(change, context);
  if (after === null) {
    if (change.ownWork) return lapses;
    const isPruned = change.reason === 'unmanaged';
    const message = `index "${before?.name ?? ''}"${isPruned ? ', which nobody declared,' : ''} is dropped; a rollback builds it again`;
    return [{ code: isPruned ? 'unmanaged-prune' : 'drop-index', address, message }, ...lapses];
  }
  if (before === null || change.route !== 'gap') return [...lapses, ...expiryHazard(change, context)];
  const lapse = isUnique(before) ? '; meanwhile duplicates can enter' : '';
  const message = `index "${before.name}" is dropped before its successor is built, so queries scan the collection meanwhile${lapse}`;
  return [{ code: 'index-gap', address, message }, ...expiryHazard(change, context)];
}

function sharing({ sums }: Answer): string {
  const groups = sums?.get('groups') ?? 1;
  return groups === 1 ? 'share a key that must be unique' : `share ${plural(groups, 'key')} that must be unique`;
}

export function indexViolations(change: IndexChange, context: PlanContext): readonly Violation[] {
  const { address } = change;
  const found = (id: string, code: Violation['code'], wordsFor: (answer: Answer) => string): readonly Violation[] => {
    const answer = answerTo(id, context);
    if (answer === null) return [];
    const { count, sample } = answer;
    return [{ code, address, message: `${plural(count, 'document')} ${wordsFor(answer)}`, count, sample }];
  };
  const held = obstacles(change).flatMap(({ name, code, words }) =>
    found(`${address} ${name}`, code, ({ count }) => words[count === 1 ? 0 : 1]),
  );
  const duplicates = mayShareKeys(change) ? found(duplicatesId(change), 'duplicate', sharing) : [];
  return [...held, ...duplicates];
}

export function indexNotes({ address, route, before, after }: IndexChange): readonly Note[] {
  if (before === null || after === null || route !== 'swap') return [];
  if (!isSwapped(indexName(after.key), after, after.name)) return [];
  const message = `the index is called "${after.name}" on the server, so that it can be built before the old one goes`;
  return [{ code: 'index-renamed', address, message }];
}

/** Structure always comes back; documents that a TTL deletes do not. */
export const indexReversal = (change: IndexChange, context: PlanContext): Reversal =>
  reversalBeside(expiryHazard(change, context));
