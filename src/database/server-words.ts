/** How a value begins in the server's words; type names and words of a sentence do not. */
const value = String.raw`(?:["{[\d-]|[A-Z]\w*\(|(?:nan|inf|true|false|null|MinKey|MaxKey)\b).*$`;

/** What a value follows, from which on the rest may be one. */
const before = ['found:?', 'with value', 'value was:', 'but is', 'input', 'Input document:', 'got', 'precision value']
  .concat(['cannot apply \\$\\w+ to', String.raw`element \(?`])
  .join('|');

/** What the server's words repeat of documents and of commands, and what stands in its place (seen on 4.4 to 6.0). */
const repeated: readonly (readonly [pattern: RegExp, instead: string])[] = [
  // The key of a duplicate: `E11000 … index: email_1 dup key: { email: "a@b" }`.
  [/ dup key: .*$/s, ''],
  // The whole command, with session and signature: `not authorized on shop to execute command { find: "orders", … }`.
  [/(to execute command) \{ (\w+): ("[^"]*"|[^,]*),.*$/s, '$1 $2 of $3'],
  // The whole document, before the reason and within it: `Can't extract geo keys: { … }  unknown GeoJSON type: { … }`.
  [/(Can't extract geo keys): .*$/s, '$1'],
  // The whole document, after the reason: `point not in interval of [ -180, 180 ] :: caused by :: { … }`.
  [/ :: caused by :: [{[].*$/s, ''],
  // A value that is not converted, letter by letter too: `Error parsing date string 'xy'; 0: Unexpected character 'x'`.
  [/(Failed to parse \w+|Error parsing date string|Failed to optimize pipeline) '.*'/gs, "$1 '…'"],
  [/(in \$convert with no onError value): .*$/s, '$1'],
  // A text without quotes: `language override unsupported: klingon`.
  [/((?:override unsupported|time unit|unit value|type name|time zone identifier):) .*$/s, '$1 …'],
  // An operand: `$zip found a non-array expression in input: "x"`, `'year' must evaluate to an integer, found 3000`.
  [new RegExp(`\\b(${before}):? ?${value}`, 's'), '$1 …'],
];

/** The server's words without what they repeat of documents and commands. */
export const withoutValues = (message: string): string =>
  repeated.reduce((words, [pattern, instead]) => words.replace(pattern, instead), message);
