import { askAll, type AskOptions } from '../database/ask.ts';
import type { Database } from '../database/port.ts';
import type { Answer, Question } from '../planner/questions.ts';
import { questionKey } from '../database/screens.ts';

/** How the data is asked. */
export type Ask = typeof askAll;

interface Remembered {
  readonly answer: Answer;
  readonly at: number;
}

/**
 * Asks, and for so long answers the same question again without asking: a plan that is made once more right after
 * somebody agreed to it. What each step stands or falls with is asked again just before it in any case.
 */
export function remembering(milliseconds: number): Ask {
  const known = new Map<string, Remembered>();
  return async (db: Database, questions: readonly Question[], options: AskOptions) => {
    const now = performance.now();
    const asked = questions.map((question) => ({ question, key: questionKey(question) }));
    const open = asked.filter(({ key }) => now - (known.get(key)?.at ?? -Infinity) > milliseconds);
    const answers = await askAll(
      db,
      open.map(({ question }) => question),
      options,
    );
    const at = performance.now();
    for (const { question, key } of open) known.set(key, { answer: answers.get(question.id) as Answer, at });
    return new Map(asked.map(({ question, key }) => [question.id, (known.get(key) as Remembered).answer]));
  };
}
