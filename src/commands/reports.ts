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
      throw usage(`--report takes FORMAT=FILE with one of ${formats.join(', ')}, not "${text}".`);
    return { format, path };
  });
}

/** Writes each report whole or not at all, readable by others: collectors run under another user. */
export async function writeReports<Format extends string>(
  files: readonly ReportFile<Format>[],
  renderers: Renderers<Format>,
  io: Io,
): Promise<void> {
  for (const { format, path } of files) {
    await writeOpenFile({ noun: `${format} report`, make: '', flag: '--report' }, path, renderers[format](), io);
  }
}
