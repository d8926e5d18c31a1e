/** What the server's words repeat of documents and of commands, and what stands in its place (seen on 4.4 to 6.0). */
const repeated: readonly (readonly [pattern: RegExp, instead: string])[] = [
  // The key of a duplicate: `E11000 … index: email_1 dup key: { email: "a@b" }`.
  [/ dup key: .*$/s, ''],
  // The whole command, with session and signature: `not authorized on shop to execute command { find: "orders", … }`.
  [/(to execute command) \{ (\w+): ("[^"]*"|[^,]*),.*$/s, '$1 $2 of $3'],
  // A value that is not converted: `Failed to parse number 'x' in $convert with no onError value: …`.
  [/(Failed to parse \w+|Error parsing date string|Failed to optimize pipeline) '.*?'/gs, "$1 '…'"],
  [/(in \$convert with no onError value): .*$/s, '$1'],
];

/** The server's words without what they repeat of documents and commands. */
export const withoutValues = (message: string): string =>
  repeated.reduce((words, [pattern, instead]) => words.replace(pattern, instead), message);
