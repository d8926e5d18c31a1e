import type { Diagnostic } from '../../diagnostics.ts';
import type { DiagnosticCode } from '../diagnostic-codes.ts';
import type { SourcePosition } from '../types.ts';

/** One file as given, indexed so that a position costs the same wherever it is: a file may be one line of a megabyte. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The offsets at which lines start. */
  readonly lines: readonly number[];
  /** The offsets of characters that take two UTF-16 units. */
  readonly pairs: readonly number[];
}

/** A stretch of a file; offsets count UTF-16 units from 0, `end` is behind the last one. */
export interface Place {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Collects a finding at a place; never throws, so that all of a file's errors are reported together. */
export type Report = (code: DiagnosticCode, place: Place, message: string, hint?: string) => void;

/** The file with its tables; a byte order mark is left out, so it moves no column. */
export function sourceFile(path: string, given: string): SourceFile {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given;
  const lines = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
  const pairs = Array.from(text.matchAll(/[\u{10000}-\u{10FFFF}]/gu), ({ index }) => index);
  return { path, text, lines, pairs };
}

/** How many of the sorted offsets are less than the given one. */
function countBelow(offsets: readonly number[], offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Characters, not UTF-16 units, between two offsets. */
const charactersIn = ({ pairs }: SourceFile, start: number, end: number): number =>
  end - start - (countBelow(pairs, end) - countBelow(pairs, start));

/** Line and column, both from 1; columns count characters. */
export function positionOf({ file, start }: Place): SourcePosition {
  const line = countBelow(file.lines, start + 1);
  const column = charactersIn(file, file.lines[line - 1] as number, start) + 1;
  return { file: file.path, line, column };
}

/** How many characters of the place stand on its first line; at least 1. */
function lengthOf({ file, start, end }: Place): number {
  const nextLine = file.lines[countBelow(file.lines, start + 1)] ?? file.text.length;
  let stop = Math.min(end, nextLine);
  while (stop > start && /\s/.test(file.text[stop - 1] as string)) stop--;
  return Math.max(1, charactersIn(file, start, stop));
}

/** An error at a place, as people and machines read it. */
export function diagnosticAt(code: DiagnosticCode, place: Place, message: string, hint?: string): Diagnostic {
  const finding = { severity: 'error' as const, code, message, ...positionOf(place), length: lengthOf(place) };
  return hint === undefined ? finding : { ...finding, hint };
}

/** `schema/orders.yaml:12`, for messages that name a second place. */
export function describePlace(place: Place): string {
  const { file, line } = positionOf(place);
  return `${file}:${line}`;
}
