import { exitCodes, type ExitCode } from '../errors.ts';
import { jsonSchemas } from '../report/schemas/shapes.ts';
import { didYouMean } from '../state/suggest.ts';
import type { Io } from './io.ts';
import { usage } from './options.ts';

/** Prints a JSON Schema: of the YAML language, or of what commands print as JSON. */
export function printSchema(name: string, io: Io): ExitCode {
  const found = Object.entries(jsonSchemas).find(([known]) => known === name)?.[1];
  if (found === undefined) {
    const names = Object.keys(jsonSchemas);
    const meant = didYouMean(name, names);
    throw usage(
      `There is no schema "${name}".`,
      `There are: ${names.join(', ')}${meant === undefined ? '' : `; ${meant}`}`,
    );
  }
  io.out(`${JSON.stringify(found, null, 2)}\n`);
  return exitCodes.done;
}
