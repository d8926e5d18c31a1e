import { exitCodes, type ExitCode } from '../errors.ts';
import { codeMeant, explain } from '../report/explain/codes.ts';
import { codesJson, codesText, explainJson, explainText } from '../report/explain/text.ts';
import type { Io } from './io.ts';
import { type Flags, usage } from './options.ts';
import { formatOf, themeOf } from './output.ts';

/** Says what a code means and what to do; without one, lists them all. */
export function explainCode(code: string | undefined, flags: Flags, io: Io): ExitCode {
  const isJson = formatOf(flags) === 'json';
  if (code === undefined) {
    io.out(isJson ? codesJson() : codesText());
    return exitCodes.done;
  }
  const found = explain(code);
  if (found === null) {
    const meant = codeMeant(code);
    throw usage(`There is no code "${code}"${meant === undefined ? '.' : `; ${meant}`}`, 'See all: schemactl explain');
  }
  io.out(isJson ? explainJson(found) : explainText(found, themeOf(io)));
  return exitCodes.done;
}
