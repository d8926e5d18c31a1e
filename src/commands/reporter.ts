import type { RunEvent } from '../report/events.ts';
import { errorJson, errorScreen } from '../report/error.ts';
import { doneText, eventLine, progressBar } from '../report/run.ts';
import type { ExitCode } from '../errors.ts';
import type { PlanKind } from '../state/types.ts';
import { doneEvent, type RunResult } from '../workflow/run-result.ts';
import type { Io } from './io.ts';
import { hint } from './hints.ts';
import type { Flags } from './options.ts';
import { type Format, themeOf } from './output.ts';

export interface Reporter {
  readonly emit: (event: RunEvent) => void;
  /** Says how it ended and answers the exit code. */
  readonly finish: (result: RunResult, kind: PlanKind) => ExitCode;
}

type Live = (line: string | null) => void;

/** A line that is redrawn in place; on a pipe there is none. */
async function liveLine(io: Io): Promise<Live> {
  if (!io.interactive) return () => undefined;
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(io.terminal);
  return (line) => (line === null ? update.clear() : update(line));
}

const quietMs = 10_000;

function jsonReporter(io: Io): Reporter {
  return {
    emit: (event) => io.out(`${JSON.stringify(event)}\n`),
    finish(result) {
      if (result.error !== null) io.out(errorJson(result.error));
      io.out(`${JSON.stringify(doneEvent(result))}\n`);
      if (result.error !== null) io.err(`${result.error.message}\n`);
      return result.exitCode;
    },
  };
}

/** On a terminal one live line; on a pipe a line when a unit starts and ends, and at most one progress line every ten seconds. */
export async function reporterOf(format: Format, flags: Flags, io: Io): Promise<Reporter> {
  if (format === 'json') return jsonReporter(io);
  const theme = themeOf(io);
  const live = await liveLine(flags.quiet === true ? { ...io, interactive: false } : io);
  let title = '';
  let lastProgress = performance.now();
  return {
    emit(event) {
      if (flags.quiet === true) return;
      if (event.event === 'unit-started') title = event.title;
      if (event.event === 'progress') {
        if (io.interactive) live(progressBar(title, event, io.columns));
        if (io.interactive || performance.now() - lastProgress < quietMs) return;
        lastProgress = performance.now();
      }
      const line = eventLine(event, theme);
      if (io.interactive && event.event === 'unit-started') {
        live(line);
        return;
      }
      live(null);
      if (line !== null) io.out(`${line}\n`);
    },
    finish(result, kind) {
      live(null);
      if (result.error !== null) io.err(hint(errorScreen(result.error, theme), flags));
      else io.out(hint(doneText(doneEvent(result), kind, theme), flags));
      return result.exitCode;
    },
  };
}
