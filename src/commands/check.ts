import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/port.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { checkFormats } from '../report/formats.ts';
import { checkJson } from '../report/check/json.ts';
import { fails, judge, type Judged, type KnownFinding } from '../report/check/judge.ts';
import { checkMarkdown } from '../report/check/markdown.ts';
import { checkText } from '../report/check/text.ts';
import { githubText } from '../report/issues/github.ts';
import type { Issues } from '../report/issues/issue.ts';
import { junitText } from '../report/issues/junit.ts';
import { promText } from '../report/issues/prom.ts';
import { sarifText } from '../report/issues/sarif.ts';
import type { CheckResult, Finding } from '../state/finding.ts';
import { severities } from '../state/language/schema.ts';
import type { SourceMap } from '../state/types.ts';
import { version } from '../version.ts';
import { checkSchema } from '../workflow/check.ts';
import { withDatabase } from './connection.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import { readBaseline, readState, writeState } from './known-findings.ts';
import { type Flags, milliseconds, oneOf, usage, wholeNumber } from './options.ts';
import { themeOf } from './output.ts';
import { type Renderers, reportFiles, writeReports } from './reports.ts';
import { loadSchema, type LoadedSchema } from './schema-files.ts';
import { selectionOf } from './selection.ts';
import { describeSource } from './validate.ts';

type Format = (typeof checkFormats)[number];

/** What is asked for, read before anything is connected to. Throws 64 for what cannot be. */
function optionsOf(flags: Flags) {
  if (flags.every === undefined && (flags.for !== undefined || flags.failFast === true))
    throw usage('--for and --fail-fast belong to --every.', 'Say how often to look: --every 60s');
  return {
    format: oneOf('--format', flags.format ?? 'text', checkFormats),
    files: reportFiles(flags, checkFormats),
    failOn: flags.failOn === undefined ? null : oneOf('--fail-on', flags.failOn, severities),
    sample: flags.sample === undefined ? null : wholeNumber('--sample', flags.sample, 1),
    everyMs: flags.every === undefined ? null : milliseconds('--every', flags.every),
    forMs: flags.for === undefined ? Number.POSITIVE_INFINITY : milliseconds('--for', flags.for),
    selection: selectionOf(flags),
  };
}

type Options = ReturnType<typeof optionsOf>;

const withoutSamples = (result: CheckResult): CheckResult => ({
  ...result,
  findings: result.findings.map((finding) => ({ ...finding, sample: [] })),
});

function issuesOf({ database, rules }: CheckResult, findings: readonly Finding[], sources: SourceMap): Issues {
  const issues = findings.map((finding) => ({ ...finding, position: sources.get(finding.address) ?? null }));
  return { command: 'check', version, database, looked: rules, issues };
}

function renderersOf(db: Database, loaded: LoadedSchema, result: CheckResult, judged: Judged, flags: Flags, io: Io) {
  const { setName, topology, version: server } = db.server;
  const source = { where: `${db.name} on ${setName ?? topology} (MongoDB ${server})`, from: describeSource(loaded) };
  const issues = issuesOf(result, judged.fresh, loaded.sources);
  const renderers: Renderers<Format> = {
    text: () => hint(checkText(result, judged, source, themeOf(io)), flags),
    json: () => checkJson(result, judged),
    markdown: () => checkMarkdown(result, judged, source),
    github: () => githubText(issues),
    sarif: () => sarifText(issues),
    junit: () => junitText(issues),
    prom: () => promText(issuesOf(result, result.findings, loaded.sources), io.now().getTime()),
  };
  return renderers;
}

interface Round {
  readonly result: CheckResult;
  readonly failed: boolean;
}

/** One look: what is not in `before` is printed and reported. Later looks that find nothing new print nothing. */
async function look(
  db: Database,
  loaded: LoadedSchema,
  before: readonly KnownFinding[],
  options: Options,
  flags: Flags,
  io: Io,
  isQuiet: boolean,
): Promise<Round> {
  const { selection, sample, format, files, failOn } = options;
  const found = await checkSchema(db, { schema: loaded.schema, selection, sample });
  const result = flags.samples === false ? withoutSamples(found) : found;
  const judged = judge(result.findings, before);
  const renderers = renderersOf(db, loaded, result, judged, flags, io);
  if (!isQuiet || judged.fresh.length + judged.gone.length > 0) io.out(renderers[format]());
  await writeReports(files, renderers, io);
  await writeState(flags.changedOnly, result, io);
  return { result, failed: fails(judged.fresh, failOn) };
}

/** Looks for documents that break the schema's rules. Reads only; exits 2 where it finds some that are not known. */
export async function check(flags: Flags, io: Io): Promise<ExitCode> {
  const options = optionsOf(flags);
  const accepted = await readBaseline(flags.baseline, io);
  const last = await readState(flags.changedOnly, io);
  const loaded = await loadSchema(flags, io);
  const began = io.now().getTime();
  return withDatabase(flags, io, async (db) => {
    let isQuiet = flags.changedOnly !== undefined && flags.format !== 'json';
    let [before, failed] = [[...accepted, ...last], false];
    for (;;) {
      const round = await look(db, loaded, before, options, flags, io, isQuiet);
      failed ||= round.failed;
      before = [...accepted, ...round.result.findings];
      isQuiet = true;
      const { everyMs, forMs } = options;
      const isOver = everyMs === null || io.now().getTime() + everyMs > began + forMs;
      if (isOver || (failed && flags.failFast === true)) return failed ? exitCodes.differences : exitCodes.done;
      await sleep(everyMs);
    }
  });
}
