import { nowhere } from '../planner/questions.ts';
import { type Doc, isDoc, isList, type Value } from '../state/value.ts';
import { type Answered, knownWords, wordsWithoutValues } from './server-words.ts';

/** Asks whether the server refuses a command also where no document is, and what it says then; null: it does not. */
export type AskWithoutDocuments = (command: Doc) => Promise<Answered | null>;

/** What binds a command to a collection that is there. */
const bound: ReadonlySet<string> = new Set(['hint', 'min', 'max', 'collectionUUID']);
/** Names of other collections, in stages ($lookup, $graphLookup, $unionWith). */
const others: ReadonlySet<string> = new Set(['from', 'coll', '$unionWith']);

function joinsNothing(value: Value): Value {
  if (isList(value)) return value.map(joinsNothing);
  if (!isDoc(value)) return value;
  const entries = [...value].map(([name, part]) =>
    others.has(name) && typeof part === 'string' ? ([name, nowhere] as const) : ([name, joinsNothing(part)] as const),
  );
  return new Map<string, Value>(entries);
}

/** A command of a collection that is not there; of the statements of a write the first, since a server explains one. */
export function ofNothing(command: Doc): Doc {
  const [[name, subject] = ['', null], ...parts] = command;
  const taken = parts
    .filter(([part]) => !bound.has(part))
    .map(
      ([part, value]) => [part, part === 'updates' && isList(value) ? value.slice(0, 1) : joinsNothing(value)] as const,
    );
  return new Map<string, Value>([[name, typeof subject === 'string' ? nowhere : subject], ...taken]);
}

/**
 * What the server answered to a command, as it may be shown: in its own words only where they cannot hold a value of a document,
 * or where it says as much of the command alone.
 */
export async function shownWords(answered: Answered, command: Doc, ask: AskWithoutDocuments): Promise<string> {
  const known = knownWords(answered, command);
  if (known !== null) return known;
  const alone = await ask(command);
  return alone !== null && alone.code === answered.code ? alone.message : wordsWithoutValues(answered);
}
