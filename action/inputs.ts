/** What the action was asked for, and where it runs; read from the environment that a runner sets. */
export interface Inputs {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly schemactl: readonly string[];
  readonly comment: boolean;
  readonly issue: boolean;
  readonly key: string;
  readonly token: string;
  readonly api: string;
  readonly repository: string;
  readonly eventPath: string;
  readonly outputPath: string;
  readonly summaryPath: string;
  readonly temporary: string;
  readonly runUrl: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Inputs as runners hand them over (actions/toolkit, `getInput`): `INPUT_` and the name in capitals. */
export function inputsOf(env: Environment): Inputs {
  const input = (name: string, standard = ''): string => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim() || standard;
  const words = (text: string, at: RegExp): readonly string[] =>
    text
      .split(at)
      .map((word) => word.trim())
      .filter(Boolean);
  const of = (name: string, standard = ''): string => env[name] ?? standard;
  const repository = of('GITHUB_REPOSITORY');
  return {
    command: input('command', 'plan'),
    args: words(input('args'), /\n/),
    folder: input('working-directory', '.'),
    schemactl: words(input('schemactl', 'npx --no-install schemactl'), / +/),
    comment: input('comment', 'true') === 'true',
    issue: input('issue', 'false') === 'true',
    key: input('key'),
    token: input('token'),
    api: of('GITHUB_API_URL', 'https://api.github.com'),
    repository,
    eventPath: of('GITHUB_EVENT_PATH'),
    outputPath: of('GITHUB_OUTPUT'),
    summaryPath: of('GITHUB_STEP_SUMMARY'),
    temporary: of('RUNNER_TEMP', '.'),
    runUrl: `${of('GITHUB_SERVER_URL', 'https://github.com')}/${repository}/actions/runs/${of('GITHUB_RUN_ID')}`,
  };
}
