import { type DiagnosticCode, diagnosticCodes } from '../../state/diagnostic-codes.ts';
import { entry, type Explanation } from './entry.ts';

const meanings: Readonly<Record<DiagnosticCode, readonly [what: string, ...next: string[]]>> = {
  SCH2101: [
    'The text breaks the rules of YAML, so nothing in the file can be relied on.',
    'Look at the marked character: a quote or bracket that is not closed, a tab as indentation, a colon without a blank.',
  ],
  SCH2102: [
    'YAML parsers keep one of two equal keys and drop the other without a word; here that is an error, since the one that goes may be the one you read.',
    'Bring both together, or give one another name.',
  ],
  SCH2103: [
    'A text stands where a list belongs, a number where a map does, or a required key is missing.',
    'Compare with the language: schemactl schema, or let an editor check it (the first line of a file from schemactl init tells it how).',
  ],
  SCH2104: [
    'A misspelt key would declare nothing and nobody would notice, so unknown keys are refused.',
    'Take the suggested spelling, or leave the key out.',
  ],
  SCH2105: [
    'Types are string, int, long, double, decimal, number, bool, date, timestamp, objectId, object, array, binary, regex, null and any.',
    'Write one of them, or a list of them.',
  ],
  SCH2107: [
    'A link names the collection and the field that it points to, and both must be declared, so that orphans can be looked for.',
    'Declare the other collection or field, or correct "references".',
  ],
  SCH2108: [
    'A default, a value of an enum or a bound has another type than its field, and cannot be converted without loss.',
    'Write the value in the declared type; for types that YAML lacks use Extended JSON, such as { $date: "2026-01-31T00:00:00Z" }.',
  ],
  SCH2109: [
    'Tags, directives, several documents in a file and keys that are not text make a file mean something else than it seems to.',
    'Write it out plainly; quote keys that look like numbers.',
  ],
  SCH2110: [
    'Limits keep a file from exhausting memory: its size, its depth, and how far aliases expand.',
    'Split the file by collection; write out what aliases repeat.',
  ],
  SCH2111: [
    'The server, or an address, could not hold such a name: it is empty, begins with $ or system., or belongs to schemactl.',
    'Choose another name.',
  ],
  SCH2112: [
    'Two declarations of one thing could disagree, and none of them would be the true one.',
    'Keep one; the message names the place of the other.',
  ],
  SCH2113: [
    'A milestone, a format, an environment or a variable is used that is declared or set nowhere.',
    'Declare it, or correct its spelling.',
  ],
  SCH2114: [
    'A number such as 0o17, 1_000 or one beyond 64 bits is read differently by different parsers, or has no form in BSON.',
    'Write it in plain digits, or as Extended JSON: { $numberDecimal: "1.10" }.',
  ],
  SCH2115: [
    'The pattern is not one that both JavaScript and the server (PCRE) read in the same way.',
    'Leave out what only one of them knows, such as named groups of one flavour or unknown escapes.',
  ],
  SCH2116: ['Both cannot hold at once, so one of them would silently not count.', 'Leave one of them out.'],
  SCH2117: [
    'Checks and filters only read, and must not run code in the server: $where, $function, $out and $merge are refused.',
    'Say it with operators that read.',
  ],
  SCH2118: [
    'Values of different types never equal each other in MongoDB, so every reference would be an orphan.',
    'Give both ends the same type; convert: true brings stored values along.',
  ],
  SCH2119: [
    'No server builds such an index, so that no plan could ever be carried out.',
    'Change the index as the message says.',
  ],
  SCH2120: [
    'A file that declares nothing is more likely a mistake than a wish.',
    'Begin with an example: schemactl init',
  ],
};

/** What can be wrong with a schema file. */
export const fileCodes = Object.fromEntries(
  Object.entries(meanings).map(([code, [what, ...next]]): [string, Explanation] => [
    code,
    entry(diagnosticCodes[code as DiagnosticCode], what, ...next),
  ]),
);
