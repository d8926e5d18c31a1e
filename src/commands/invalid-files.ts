import type { Diagnostic } from '../diagnostics.ts';
import { type ExitCode, exitCodes, SchemactlError } from '../errors.ts';

/** Several findings are one error: each with its place, its line and a hint, first by file and line. */
export async function invalidFiles(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  exitCode: ExitCode = exitCodes.invalid,
): Promise<SchemactlError> {
  const { codeFrame } = await import('../state/frame.ts');
  const frames = diagnostics.map((diagnostic) => codeFrame(texts.get(diagnostic.file) ?? '', diagnostic));
  const [first] = diagnostics;
  return new SchemactlError(frames.join('\n\n'), {
    code: first?.code ?? 'SCH2101',
    exitCode,
    diagnostics,
    details: diagnostics.map(
      ({ code, file, line, column, message }) => `${file}:${line}:${column}: ${code}: ${message}`,
    ),
  });
}
