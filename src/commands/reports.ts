import { failureFormats } from '../report/formats.ts';
import { version } from '../version.ts';
import { withHints } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, usage } from './options.ts';
import { writeOpenFile } from './private-files.ts';

/** How a command's result is said in each format that it knows. */
export type Renderers<Format extends string> = Readonly<Record<Format, () => string>>;

export interface ReportFile<Format> {
  readonly format: Format;
  readonly path: string;
}

/** The files that `--report FORMAT=FILE` names. Throws 64 for a format that the command does not know, or no file. */
export function reportFiles<Format extends string>(
  flags: Flags,
  formats: readonly Format[],
): readonly ReportFile<Format>[] {
  return (flags.report ?? []).map((text) => {
    const at = text.indexOf('=');
    const format = formats.find((each) => each === text.slice(0, at));
    const path = text.slice(at + 1);
    if (at < 0 || format === undefined || path === '')
      throw asReported(usage(`--report takes FORMAT=FILE with one of ${formats.join(', ')}, not "${text}".`));
    return { format, path };
  });
}

/** Writes each report whole or not at all, readable by others: collectors run under another user. */
export async function writeReports<Format extends string>(
  files: readonly ReportFile<Format>[],
  renderers: Renderers<Format>,
  io: Io,
): Promise<void> {
  for (const { format, path } of files) await writeReport(format, path, renderers[format](), io);
}

function writeReport(format: string, path: string, text: string, io: Io): Promise<void> {
  return writeOpenFile({ noun: `${format} report`, make: '', flag: '--report' }, path, text, io);
}

const reported = new WeakSet<Error>();

/** Marks an error whose reports are written already, by the command that knew more of it. */
export function asReported<T>(error: T): T {
  if (error instanceof Error) reported.add(error);
  return error;
}

/**
 * Where a command fails, its reports say so: a file of yesterday would be taken for today's. Formats that cannot say it
 * (`prom`, whose last run then lies back) are left as they are, and so is what cannot be written.
 */
export async function reportFailure(error: unknown, command: string, flags: Flags, io: Io): Promise<void> {
  if (flags.report === undefined || (error instanceof Error && reported.has(error))) return;
  const [{ asSchemactlError }, { failureRenderers }] = await Promise.all([
    import('./failure.ts'),
    import('../report/failure.ts'),
  ]);
  const renderers = failureRenderers(withHints(asSchemactlError(error), flags), command, version);
  for (const text of flags.report) {
    const [name, path] = [text.slice(0, Math.max(0, text.indexOf('='))), text.slice(text.indexOf('=') + 1)];
    const format = failureFormats.find((each) => each === name);
    if (format !== undefined && path !== '')
      await writeReport(format, path, renderers[format](), io).catch(() => undefined);
  }
}
