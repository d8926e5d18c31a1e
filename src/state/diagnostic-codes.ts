/** What can be wrong with a schema file: stable codes with the title that `explain` and the docs print. */
export const diagnosticCodes = {
  SCH2101: 'The file is not valid YAML',
  SCH2102: 'A key is written twice in one map',
  SCH2103: 'A value has the wrong shape',
  SCH2104: 'A key is not known here',
  SCH2105: 'A field type is not known',
  SCH2107: 'A link points to nothing that is declared',
  SCH2108: 'A value does not fit the declared type',
  SCH2109: 'A YAML feature is refused because it hides what is declared',
  SCH2110: 'The file is too large or nested too deeply',
  SCH2111: 'A name cannot be used',
  SCH2112: 'The same thing is declared twice',
  SCH2113: 'A name is used that is not declared',
  SCH2114: 'A number is ambiguous or cannot be stored',
  SCH2115: 'A pattern cannot be used',
  SCH2116: 'Two rules exclude each other',
  SCH2117: 'A rule runs server-side JavaScript or writes',
  SCH2118: 'The two ends of a link have different types',
  SCH2119: 'An index is impossible on every server',
  SCH2120: 'Nothing is declared',
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
