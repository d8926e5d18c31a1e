import { Option } from 'commander';
import { hazardCodes } from '../planner/contract.ts';
import { planFormats, validFormats } from '../report/formats.ts';
import { severities } from '../state/language/schema.ts';
import { offering, type Values } from './values.ts';
import { colours } from './verbosity.ts';

/** Of an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const option = (flags: string, description: string, offered: Values): Option =>
  offering(new Option(flags, description), offered);

/** The formats of a command's output, as help and shells name them. */
export function formatOption(formats: readonly string[], more = '', standard = 'text'): Option {
  const words = `${formats.slice(0, -1).join(', ')} or ${formats.at(-1) ?? ''}${more}`;
  return option('--format <format>', `${words} (default: ${standard})`, formats);
}

/** Flags by subject; each command takes the subjects that it needs. */
export const subjects = {
  schema: [
    option('--schema <path>', 'schema file or folder; repeatable (default: schema/)', 'files').argParser(collect),
  ],
  connection: [
    new Option('--db <name>', 'database (default: the one in the connection string)'),
    new Option('--url-env <name>', 'environment variable with the connection string (default: MONGODB_URI)'),
    option('--url-file <file>', 'file with the connection string', 'files'),
    new Option('--url <uri>', 'connection string; shows it to whoever lists processes'),
    new Option('--env <name>', 'an environment of the configuration file: its database and policy'),
    option('--config <file>', 'the configuration file (default: schemactl.config.yaml)', 'files'),
    new Option('--ephemeral', 'use a throw-away MongoDB'),
  ],
  output: [formatOption(['text', 'json'])],
  planOutput: [formatOption(planFormats)],
  fileOutput: [formatOption(validFormats)],
  globs: [
    new Option('--only <glob>', 'only these addresses; repeatable (orders.**)').argParser(collect),
    new Option('--exclude <glob>', 'not these addresses; repeatable').argParser(collect),
  ],
  milestones: [
    new Option('--milestone <id>', 'one milestone'),
    new Option('--through <id>', 'everything up to a milestone'),
  ],
  allow: [
    option(
      '--allow <hazards>',
      'approve hazards by name, or at an address: drop-index@orders.**',
      hazardCodes,
    ).argParser(collect),
  ],
  data: [option('--check-data <how>', 'ask the data: full, fast or none (default: fast)', ['full', 'fast', 'none'])],
  undo: [new Option('--no-undo', 'keep nothing to take rewritten documents back with: faster, and a hazard')],
  run: [
    new Option('--auto-approve', 'do not ask'),
    new Option('--step-timeout <time>', 'how long one step may take: 30s, 5m (default: no limit)'),
    new Option('--lock-wait <time>', 'wait for the lock: 60s (default: 0s)'),
    new Option('--throttle <how>', 'go easy on the server: auto, or documents a second: 500/s'),
    new Option('--lock-lease <time>', 'after how long a silent holder counts as dead (default: 30s)'),
  ],
  report: [new Option('--report <format=file>', 'also write the result to a file; repeatable').argParser(collect)],
  watch: [
    option('--fail-on <severity>', 'exit 2 only for findings as bad as this: critical, high, medium, low', severities),
    option('--baseline <file>', 'a json report of before: only what is not in it counts', 'files'),
    option('--changed-only <file>', 'say only what is new since the last time, which the file keeps', 'files'),
    new Option('--every <time>', 'look again and again, and say only what is new: 60s'),
    new Option('--for <time>', 'with --every, for how long: 1h (default: until it is ended)'),
    new Option('--fail-fast', 'with --every, end at the first finding that fails'),
  ],
  everywhere: [
    option('--color <when>', 'auto (default), always or never', colours),
    new Option('-q, --quiet', 'only results and errors: no progress, no warnings, no next steps'),
    new Option('-v, --verbose', 'say each command to the server and how long it took, and where an error came from'),
  ],
  exit: [new Option('--detailed-exitcode', '2: differences, 20: blocked, 22: the data forbids it')],
} as const;
