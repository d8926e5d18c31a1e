/** One finding in a file, with where it stands; findings are collected and reported together. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable code: `SCH` and four digits. */
  readonly code: string;
  readonly message: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in characters. */
  readonly column: number;
  /** How many characters to underline; at least 1. */
  readonly length: number;
  /** Shown beside the underline: `did you mean "unique"?` */
  readonly hint?: string;
}

/** Errors before warnings do not matter to a reader; place in the files does. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort((a, b) => a.file.localeCompare(b.file, 'en') || a.line - b.line || a.column - b.column);
}
