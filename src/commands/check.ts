import type { Database } from '../database/port.ts';
import type { ExitCode } from '../errors.ts';
import { checkFormats } from '../report/formats.ts';
import { checkJson } from '../report/check/json.ts';
import { fails, judge, type Judged, type KnownFinding, remembered } from '../report/check/judge.ts';
import { knownFinding } from '../report/check/known.ts';
import { checkMarkdown } from '../report/check/markdown.ts';
import { checkText, extentWords, failedCode, notThere } from '../report/check/text.ts';
import { githubText } from '../report/issues/github.ts';
import type { Issues, Unjudged } from '../report/issues/issue.ts';
import { junitText } from '../report/issues/junit.ts';
import { promText } from '../report/issues/prom.ts';
import { sarifText } from '../report/issues/sarif.ts';
import { addressOf } from '../state/address.ts';
import type { CheckResult, Finding } from '../state/finding.ts';
import type { Severity, SourceMap } from '../state/types.ts';
import { version } from '../version.ts';
import { checkSchema } from '../workflow/check.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import { type Flags, wholeNumber } from './options.ts';
import { themeOf } from './output.ts';
import type { Renderers } from './reports.ts';
import { loadSchema, type LoadedSchema } from './schema-files.ts';
import { selectionOf } from './selection.ts';
import { whereOf } from './source.ts';
import { describeSource } from './validate.ts';
import { type Look, watch, watchOptions } from './watch.ts';

type Format = (typeof checkFormats)[number];

/** Findings as they are told: with commands that lead to this database, without ids where none are wanted. */
const told = (result: CheckResult, flags: Flags): CheckResult => ({
  ...result,
  findings: result.findings.map((finding) => ({
    ...finding,
    fix: hint(finding.fix, flags),
    sample: flags.samples === false ? [] : finding.sample,
  })),
});

function unjudgedIn({ missing, failed }: CheckResult, sources: SourceMap): readonly Unjudged[] {
  const placed = (address: string) => ({ address, position: sources.get(address) ?? null });
  const absent = missing.map((collection): Unjudged => {
    const place = placed(addressOf.collection(collection));
    return { ...place, collection, rule: 'not-checked', level: 'note', message: notThere };
  });
  const broken = failed.map(({ rule, address, collection, failure }): Unjudged => {
    const message = `${failedCode}: this check failed: ${failure}`;
    return { ...placed(address), collection, rule, level: 'error', message };
  });
  return [...broken, ...absent];
}

function issuesOf(result: CheckResult, findings: readonly Finding[], sources: SourceMap): Issues {
  const { database, rules } = result;
  const issues = findings.map((finding) => ({
    ...finding,
    message: `${extentWords(finding)}: ${finding.message}`,
    position: sources.get(finding.address) ?? null,
  }));
  const unjudged = unjudgedIn(result, sources);
  return { command: 'check', version, database, looked: rules, issues, unjudged };
}

function renderersOf(
  db: Database,
  loaded: LoadedSchema,
  result: CheckResult,
  judged: Judged,
  failOn: Severity | null,
  flags: Flags,
  io: Io,
) {
  const source = { where: whereOf(db), from: describeSource(loaded), sources: loaded.sources };
  const issues = issuesOf(result, judged.fresh, loaded.sources);
  const renderers: Renderers<Format> = {
    text: () => checkText(result, judged, source, themeOf(io)),
    json: () => checkJson(result, judged, loaded.sources),
    markdown: () => checkMarkdown(result, judged, source),
    github: () => githubText(issues),
    sarif: () => sarifText(issues),
    junit: () => junitText({ ...issues, failOn }),
    prom: () => promText(issuesOf(result, result.findings, loaded.sources), io.now().getTime()),
  };
  return renderers;
}

/** Looks for documents that break the schema's rules. Reads only; exits 2 where it finds some that are not known. */
export async function check(flags: Flags, io: Io): Promise<ExitCode> {
  const options = watchOptions(flags, checkFormats);
  const sample = flags.sample === undefined ? null : wholeNumber('--sample', flags.sample, 1);
  const selection = selectionOf(flags);
  const loaded = await loadSchema(flags, io);
  const look = async (db: Database, before: readonly KnownFinding[]): Promise<Look<Format, KnownFinding>> => {
    const found = await checkSchema(db, { schema: loaded.schema, selection, sample });
    const result = told(found, flags);
    const judged = judge(result, before);
    return {
      renderers: renderersOf(db, loaded, result, judged, options.failOn, flags, io),
      fresh: judged.fresh.length,
      gone: judged.gone.length,
      unanswered: result.failed.map(({ address }) => address),
      failed: fails(judged.fresh, options.failOn),
      known: remembered(result, judged, before),
    };
  };
  return watch(flags, io, { command: 'check', read: knownFinding, options, look });
}
