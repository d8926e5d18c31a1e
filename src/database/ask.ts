import pMap from 'p-map';
import { type Answer, nothingFound, type Question } from '../planner/questions.ts';
import { docOf, int, isList, toNumber } from '../state/value.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { showId } from '../state/show.ts';
import { type Database, type DatabaseError, isAgainstTheQuestion, isServerError } from './port.ts';
import { aggregateCommand, fastCount, longestQuestionMs, readAll } from './read.ts';
import { firstFailing } from './failing.ts';
import { refusalOf } from './refusal.ts';
import { once, passesScreens, type Yields, yieldsFrom } from './screens.ts';

export interface AskOptions {
  /** Milliseconds after which a question that allows it is answered from a sample, which may take as long; null: no limit. */
  readonly limitMs: number | null;
}

const sampleSize = 1000;
const idsShown = 5;

/** Nothing was found as far as was looked. */
const notFound: Answer = { ...nothingFound, exact: false };

async function answer(
  db: Database,
  { collection, pipeline, collation }: Pick<Question, 'collection' | 'pipeline' | 'collation'>,
  timeoutMs: number,
): Promise<Answer> {
  const [found] = await readAll(db, aggregateCommand(collection, pipeline, collation), { timeoutMs });
  if (found === undefined) return nothingFound;
  const sample = found.get('sample');
  const numbers = [...found].flatMap(([name, value]) => {
    const number = toNumber(value);
    return name === 'n' || number === undefined ? [] : [[name, number] as const];
  });
  return {
    count: toNumber(found.get('n')) ?? 0,
    exact: true,
    sample: isList(sample) ? sample.slice(0, idsShown) : [],
    sums: new Map(numbers),
  };
}

/** Counts in a sample, and scales it up; where even that takes too long, any document may count. */
async function estimate(db: Database, { collection, pipeline }: Question, limitMs: number): Promise<Answer> {
  const ofSome = { collection, pipeline: [docOf({ $sample: docOf({ size: int(sampleSize) }) }), ...pipeline] };
  const [total, sampled] = await Promise.all([
    fastCount(db, collection),
    answer(db, ofSome, limitMs).catch((error: unknown) => {
      if (isServerError(error, 'MaxTimeMSExpired')) return null;
      throw error;
    }),
  ]);
  if (sampled === null) return { count: total, exact: false, sample: [] };
  const share = sampled.count / Math.min(sampleSize, Math.max(total, 1));
  const scale = sampled.count === 0 ? 0 : (share * total) / sampled.count;
  const sums = new Map([...(sampled.sums ?? [])].map(([name, sum]) => [name, Math.round(sum * scale)]));
  return { count: Math.round(share * total), exact: false, sample: [], sums };
}

function cannotEvaluate(address: string, details: readonly string[], cause: DatabaseError): SchemactlError {
  return new SchemactlError(`${address}: its expression fails on a document.`, {
    code: 'SCH2203',
    exitCode: exitCodes.violated,
    details,
    next: ['Let the expression say what such documents get ($ifNull, $switch, $convert with onError), or mend them.'],
    cause,
  });
}

function notTaken(address: string, words: string, cause: DatabaseError): SchemactlError {
  return new SchemactlError(`"${address}": this server cannot work with what is declared.`, {
    code: 'SCH2018',
    exitCode: exitCodes.invalid,
    details: [words],
    next: ['Mend it in the schema. Nothing was written.'],
    cause,
  });
}

/** Asks the data one question: exactly, or from a sample where it may and takes too long. */
async function ask(db: Database, question: Question, { limitMs }: AskOptions, yields: Yields): Promise<Answer> {
  const limited = (question.mayEstimate || question.mayStayOpen === true) && limitMs !== null;
  try {
    if (!(await passesScreens(db, question, yields))) return nothingFound;
    return await answer(db, question, limited ? limitMs : longestQuestionMs);
  } catch (error) {
    if (limited && isServerError(error, 'MaxTimeMSExpired'))
      return question.mayEstimate ? await estimate(db, question, limitMs) : notFound;
    // The stages are known, and only what they need is not there ($geoNear, $text, $collStats).
    if (question.blames !== undefined && isServerError(error, 'missing')) return nothingFound;
    const { evaluates, blames, collection, pipeline, collation } = question;
    if (!isAgainstTheQuestion(error) || (evaluates ?? blames) === undefined) throw error;
    const { isOfTheCommand, words } = await refusalOf(db, aggregateCommand(collection, pipeline, collation), error);
    if (evaluates === undefined || isOfTheCommand) throw notTaken(blames ?? evaluates ?? '', words, error);
    const found = await firstFailing(db, collection, pipeline, error);
    const which = found === null ? [] : [`It fails on the document with the _id ${showId(found[0])}.`];
    throw cannotEvaluate(evaluates, [words, ...which], error);
  }
}

/** The answers by question. Reads only. */
export async function askAll(
  db: Database,
  questions: readonly Question[],
  options: AskOptions,
): Promise<ReadonlyMap<string, Answer>> {
  const yields = once(yieldsFrom(db));
  const answered = await pMap(
    questions,
    async (question) => [question.id, await ask(db, question, options, yields)] as const,
    { concurrency: 2 },
  );
  return new Map(answered);
}
