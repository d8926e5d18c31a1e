import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { keepComment, keepIssue, type Verdict } from './forge.ts';
import type { Inputs } from './inputs.ts';

interface Paths {
  readonly markdown: string;
  readonly json: string;
  readonly annotations: string;
  readonly html: string;
  readonly plan: string;
}

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** The commands that say by 2 that something is found; a plan's changes are no finding. */
const isFinding = (command: string, exitCode: number): boolean => (command === 'plan' ? exitCode > 2 : exitCode !== 0);

function argumentsOf({ command, args }: Inputs, { markdown, json, annotations, html, plan }: Paths): readonly string[] {
  const reports = ['--report', `markdown=${markdown}`, '--report', `github=${annotations}`];
  const planning = ['--detailed-exitcode', '--out', plan, '--report', `html=${html}`];
  return [command, ...args, ...reports, ...(command === 'plan' ? planning : ['--report', `json=${json}`])];
}

/** Runs schemactl with the action's own output, and answers its exit code; 127 where it is not there. */
function schemactl({ schemactl: [program = '', ...before], folder }: Inputs, args: readonly string[]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(program, [...before, ...args], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => done(127));
    child.on('close', (code) => done(code ?? 130));
  });
}

/** A value with a delimiter that it cannot hold (actions/toolkit, `file-command.ts`). */
const output = (name: string, value: string): string => {
  const end = `ghadelimiter_${randomUUID()}`;
  return `${name}<<${end}\n${value}\n${end}\n`;
};

/** Only what is new was looked for, so that nothing found does not mean that all is well. */
const looksForNews = (args: readonly string[]): boolean =>
  args.some((word) => /^--(changed-only|baseline)(=|$)/.test(word));

/** Whether something is wrong; `unknown` where nothing was judged, as while a deploy is running. */
async function verdictOf({ command, args }: Inputs, exitCode: number, { json }: Paths): Promise<Verdict> {
  if (isFinding(command, exitCode)) return 'found';
  const text = await textOf(json);
  const { inProgress = null } = (text === '' ? {} : JSON.parse(text)) as { readonly inProgress?: object | null };
  return inProgress !== null || looksForNews(args) ? 'unknown' : 'sound';
}

/** Annotations name files from where the command ran; the forge knows them from the top of the repository. */
const fromTheTop = (annotations: string, folder: string): string =>
  annotations.replaceAll(
    /^(::\w+ file=)([^,:]+)/gm,
    (_, before: string, file: string) => before + posix.join(folder.replaceAll('\\', '/'), file),
  );

interface PlanFile {
  readonly noop: boolean;
  readonly steps: readonly object[];
  readonly summary: { readonly delete: number };
}

async function planAt(path: string): Promise<PlanFile | null> {
  const text = await textOf(path);
  return text === '' ? null : (JSON.parse(text) as PlanFile);
}

async function writeOutputs(
  { outputPath }: Inputs,
  paths: Paths,
  plan: PlanFile | null,
  exitCode: number,
): Promise<void> {
  if (outputPath === '') return;
  const values = {
    changes: String(plan?.steps.length ?? 0),
    drops: String(plan?.summary.delete ?? 0),
    blocked: String(exitCode === 20 || exitCode === 22),
    'exit-code': String(exitCode),
    'plan-file': plan === null ? '' : paths.plan,
    'html-file': plan === null ? '' : paths.html,
  };
  await appendFile(
    outputPath,
    Object.entries(values)
      .map(([name, value]) => output(name, value))
      .join(''),
  );
}

async function pullRequestIn({ eventPath }: Inputs): Promise<number | null> {
  const text = await textOf(eventPath);
  const event = (text === '' ? {} : JSON.parse(text)) as { pull_request?: { number?: number } };
  return event.pull_request?.number ?? null;
}

/** Tells the forge; where the token may not, the job summary has it all, and the work is not spoilt by it. */
async function tell(inputs: Inputs, text: string, isNews: boolean, verdict: Verdict): Promise<void> {
  const { command, comment, issue, key, token, runUrl } = inputs;
  const mark = `<!-- schemactl ${command} ${key.replaceAll(/[^\w.-]/g, '_')} -->`;
  const whole = `${text}\n<sub>[This run](${runUrl}) has the whole report.</sub>\n`;
  const pull = await pullRequestIn(inputs);
  if (token === '') return;
  try {
    if (comment && pull !== null) await keepComment(inputs, pull, mark, whole, isNews);
    if (issue) await keepIssue(inputs, `schemactl ${command}${key === '' ? '' : ` (${key})`}`, mark, text, verdict);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    console.log(`::notice::schemactl could not comment (${why}); the job summary has the report.`);
  }
}

/** Runs the command, leaves outputs, annotations and a summary, tells the forge, and answers the exit code of the step. */
export async function run(inputs: Inputs): Promise<number> {
  const at = (name: string): string => resolve(join(inputs.temporary, name));
  const id = randomUUID();
  const paths: Paths = {
    markdown: at(`schemactl-${id}.md`),
    json: at(`schemactl-${id}.json`),
    annotations: at(`schemactl-${id}.txt`),
    html: at(`schemactl-plan-${id}.html`),
    plan: at(`schemactl-plan-${id}.json`),
  };
  const exitCode = await schemactl(inputs, argumentsOf(inputs, paths));
  const plan = await planAt(paths.plan);
  const missing = `### schemactl ${inputs.command} could not be run (exit ${exitCode})\n`;
  const markdown = (await textOf(paths.markdown)) || missing;
  console.log(fromTheTop(await textOf(paths.annotations), inputs.folder));
  await writeOutputs(inputs, paths, plan, exitCode);
  if (inputs.summaryPath !== '') await appendFile(inputs.summaryPath, `${markdown}\n`);
  const verdict = await verdictOf(inputs, exitCode, paths);
  await tell(inputs, markdown, verdict === 'found' || plan?.noop === false, verdict);
  return verdict === 'found' ? exitCode : 0;
}
