import { Option } from 'commander';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Flags by subject; each command takes the subjects that it needs. */
export const subjects = {
  schema: [new Option('--schema <path>', 'schema file or folder; repeatable (default: schema/)').argParser(collect)],
  connection: [
    new Option('--db <name>', 'database (default: the one in the connection string)'),
    new Option('--url-env <name>', 'environment variable with the connection string (default: MONGODB_URI)'),
    new Option('--url-file <file>', 'file with the connection string'),
    new Option('--url <uri>', 'connection string; shows it to whoever lists processes'),
    new Option('--env <name>', 'an environment of the configuration file: its database and policy'),
    new Option('--config <file>', 'the configuration file (default: schemactl.config.yaml)'),
    new Option('--ephemeral', 'use a throw-away MongoDB'),
  ],
  output: [new Option('--format <format>', 'text or json (default: text)')],
  planOutput: [new Option('--format <format>', 'text, json, markdown, html, github, sarif or junit (default: text)')],
  fileOutput: [new Option('--format <format>', 'text, json, markdown, github, sarif or junit (default: text)')],
  globs: [
    new Option('--only <glob>', 'only these addresses; repeatable (orders.**)').argParser(collect),
    new Option('--exclude <glob>', 'not these addresses; repeatable').argParser(collect),
  ],
  milestones: [
    new Option('--milestone <id>', 'one milestone'),
    new Option('--through <id>', 'everything up to a milestone'),
  ],
  allow: [
    new Option('--allow <hazards>', 'approve hazards by name, or at an address: drop-index@orders.**').argParser(
      collect,
    ),
  ],
  data: [new Option('--check-data <how>', 'ask the data: full, fast or none (default: fast)')],
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
    new Option('--fail-on <severity>', 'exit 2 only for findings as bad as this: critical, high, medium, low'),
    new Option('--baseline <file>', 'a json report of before: only what is not in it counts'),
    new Option('--changed-only <file>', 'say only what is new since the last time, which the file keeps'),
    new Option('--every <time>', 'look again and again, and say only what is new: 60s'),
    new Option('--for <time>', 'with --every, for how long: 1h (default: until it is ended)'),
    new Option('--fail-fast', 'with --every, end at the first finding that fails'),
  ],
  exit: [new Option('--detailed-exitcode', '2: differences, 20: blocked, 22: the data forbids it')],
} as const;
