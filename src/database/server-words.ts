import type { Doc } from '../state/value.ts';
import { isCodeOf } from './server-errors.ts';

/** What the server answered in place of a reply. */
export interface Answered {
  readonly code: number | null;
  /** Not there for a statement of a write command (4.4 to 6.0). */
  readonly codeName: string;
  readonly message: string;
}

/** In place of words that may hold values of documents. */
const withheld = 'its words are not shown, since they may hold values of documents';

/** Commands that read and write no document, or (collMod) say nothing of those that they read. */
const ofNoDocument: ReadonlySet<string> = new Set(
  ['create', 'collMod', 'drop', 'dropIndexes', 'renameCollection', 'listCollections', 'listIndexes', 'listDatabases']
    .concat(['hello', 'connectionStatus', 'serverStatus', 'replSetGetStatus', 'dbStats', 'collStats'])
    .concat(['killCursors', 'killSessions', 'commitTransaction', 'abortTransaction']),
);

/**
 * A build reads documents. What it has against one has a number and no name of its own; what has one is about the index
 * (seen on 4.4 to 6.0 with values of every kind, in indexes of every kind).
 */
const isOfTheIndex = (name: string, { codeName }: Answered): boolean =>
  name === 'createIndexes' && codeName !== '' && !codeName.startsWith('Location');

/** Of a command that could not even be read: fields that are unknown, missing, or there twice. */
const ofTheParser: readonly number[] = [40413, 40414, 40415];

/** What the server always says in these words; values stand around them. */
const phrases: readonly string[] = [
  ...['Failed to parse number', 'Error parsing date string', 'Failed to parse objectId', 'must evaluate to an object'],
  ...["Can't extract geo keys", 'point not in interval', 'geo field only has 1 element', 'location object expected'],
  ...["geo values must be 'legacy coordinate pairs' for 2d indexes", 'cannot index parallel arrays'],
  ...['hashed indexes do not currently support array values', 'language override unsupported'],
  ...['found language override field in document with non-string type', 'Ambiguous field name found in array'],
  ...['would modify the immutable field', 'was found to have been altered', 'Cannot create field'],
  ...['Resulting document after update is larger than 16777216', 'BSONObj size'],
];

/** The key of a duplicate stands last: `E11000 … index: email_1 dup key: { email: "a@b" }`. */
const withoutKey = (message: string): string => message.replace(/ dup key: .*$/s, '');

/** The whole command, with session and signature: `not authorized on shop to execute command { find: "orders", … }`. */
function withoutCommand(message: string, command: Doc): string {
  const [name = '', subject] = [...command][0] ?? [];
  const of = typeof subject === 'string' ? `${name} of ${JSON.stringify(subject)}` : name;
  return message.replace(/(to execute command) .*$/s, (_, words: string) => `${words} ${of}`);
}

/** What the server said of a command, where its number or the command rules out that it holds a value of a document; else null. */
export function knownWords(answered: Answered, command: Doc): string | null {
  const { code, message } = answered;
  const [name = ''] = command.keys();
  if (isCodeOf(code, ['DuplicateKey'])) return withoutKey(message);
  if (isCodeOf(code, ['wordsOfNoDocument'])) return withoutCommand(message, command);
  return ofNoDocument.has(name) || isOfTheIndex(name, answered) || ofTheParser.includes(code ?? 0) ? message : null;
}

/** What is always the same in what the server said of a document; without that nothing of it. */
export const wordsWithoutValues = ({ message }: Answered): string =>
  phrases.find((phrase) => message.includes(phrase)) ?? withheld;
