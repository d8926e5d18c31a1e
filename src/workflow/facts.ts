import { askAll } from '../database/ask.ts';
import type { Observed } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import { paceOf } from '../database/probe.ts';
import type { Change } from '../planner/change.ts';
import type { CheckData } from '../planner/contract.ts';
import type { PlanContext } from '../planner/families/family.ts';
import { liveNameOf } from '../planner/families/collections/rename.ts';
import { knowing, questionsBeforeJoins } from '../planner/families/fields/ahead.ts';
import { familyOf } from '../planner/families/registry.ts';
import { type Facts, nowhere, type Question } from '../planner/questions.ts';
import type { Ask } from './answers.ts';
import { countDocuments } from './live.ts';

/** Milliseconds that `--check-data fast` gives an exact count before it estimates. */
const fastLimitMs = 5000;

/** How fast the collections whose documents are rewritten can be; asked one after the other, so that none slows another. */
async function pacesOf(db: Database, changes: readonly Change[]): Promise<ReadonlyMap<string, number>> {
  const rewritten = changes.filter(({ kind }) => kind === 'edit' || kind === 'restore');
  const paces = new Map<string, number>();
  for (const collection of new Set(rewritten.map((change) => change.collection))) {
    const pace = await paceOf(db, liveNameOf(collection, changes));
    if (pace !== null) paces.set(collection, pace);
  }
  return paces;
}

/** What the data answers to the questions of a plan's changes; null where it is not to be asked. Reads only. */
export async function gatherFacts(
  db: Database,
  observed: Observed,
  context: PlanContext,
  checkData: CheckData,
  ask: Ask = askAll,
): Promise<Facts | null> {
  if (checkData === 'none') return null;
  const { changes } = context;
  const live = (question: Question): Question => ({
    ...question,
    collection: liveNameOf(question.collection, changes),
  });
  const questionsOf = (asked: readonly Change[]): readonly Question[] =>
    asked.flatMap((change) =>
      familyOf(change)
        .questions(change, { ...context, changes: asked })
        .map(live),
    );
  const limits = { limitMs: checkData === 'fast' ? fastLimitMs : null };
  const touched = changes.map(({ collection }) => collection);
  const isOfNothing = (question: Question): boolean => question.collection === nowhere;
  const isOfData = (question: Question): boolean => !isOfNothing(question);
  // What the server does not understand is told before it fails on a document.
  const all = questionsOf(changes);
  const understood = await ask(db, all.filter(isOfNothing), { limitMs: null });
  const first = await ask(db, questionsBeforeJoins(changes).filter(isOfData).map(live), limits);
  const known = knowing(changes, first);
  const asked = (known === changes ? all : questionsOf(known)).filter(
    (question) => isOfData(question) && !first.has(question.id),
  );
  const [answered, documents] = await Promise.all([
    ask(db, asked, limits),
    countDocuments(
      db,
      observed,
      touched.map((name) => liveNameOf(name, changes)),
    ),
  ]);
  const pace = await pacesOf(db, changes);
  const counts = touched.map((name) => [name, documents.get(liveNameOf(name, changes)) ?? 0] as const);
  return { answers: new Map([...understood, ...first, ...answered]), documents: new Map(counts), pace };
}
