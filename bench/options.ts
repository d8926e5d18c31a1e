import { parseArgs } from 'node:util';
import type { Mode, Row } from './row.ts';
import { rowNamed, rows } from './rows.ts';

export interface Options {
  readonly rows: readonly Row[];
  readonly mode: Mode;
  readonly rounds: number;
  /** Where the figures go as JSON; null: nowhere. */
  readonly json: 'stdout' | { readonly file: string } | null;
  /** Where the figures of the last row go as a picture; null: nowhere. */
  readonly plot: string | null;
}

const defaultRounds = { quick: 3, usual: 7, full: 7 } as const;

const flags = {
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  json: { type: 'string' },
  plot: { type: 'string' },
} as const;

function chosenRows(names: readonly string[]): readonly Row[] {
  if (names.length === 0) return rows;
  return names.map((name) => {
    const row = rowNamed(name);
    if (row === undefined) throw new Error(`There is no row "${name}": ${rows.map((each) => each.name).join(', ')}.`);
    return row;
  });
}

function roundsOf(text: string | undefined, mode: Mode): number {
  const rounds = text === undefined ? defaultRounds[mode] : Number(text);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(`--rounds takes a whole number from 1.`);
  return rounds;
}

/** `--json` alone means the standard output. */
function withFile(args: readonly string[]): readonly string[] {
  return args.map((word, at) => {
    const next = args[at + 1];
    return word === '--json' && (next === undefined || next.startsWith('-')) ? '--json=-' : word;
  });
}

/** What a command line asks for. Throws an Error that says what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({ args: [...withFile(args)], options: flags, allowPositionals: true });
  const mode = values.quick ? 'quick' : values.full ? 'full' : 'usual';
  const json = values.json === undefined ? null : values.json === '-' ? 'stdout' : { file: values.json };
  return {
    rows: chosenRows(positionals),
    mode,
    rounds: roundsOf(values.rounds, mode),
    json,
    plot: values.plot ?? null,
  };
}
