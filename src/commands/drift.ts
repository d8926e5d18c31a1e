import { checkFormats } from '../report/formats.ts';
import type { Database } from '../database/port.ts';
import type { ExitCode } from '../errors.ts';
import type { DriftResult } from '../planner/drift.ts';
import { selector, type Selects } from '../planner/select.ts';
import { fails } from '../report/check/judge.ts';
import { driftJson } from '../report/drift/json.ts';
import { judgeDrift, type JudgedDrift, knownDrift, type KnownDrift } from '../report/drift/judge.ts';
import { driftMarkdown } from '../report/drift/markdown.ts';
import { driftProm } from '../report/drift/prom.ts';
import { tell, type ToldFinding } from '../report/drift/tell.ts';
import { driftText } from '../report/drift/text.ts';
import { githubText } from '../report/issues/github.ts';
import type { Issues } from '../report/issues/issue.ts';
import { junitText } from '../report/issues/junit.ts';
import { sarifText } from '../report/issues/sarif.ts';
import type { Severity } from '../state/types.ts';
import { version } from '../version.ts';
import { readDrift } from '../workflow/drift.ts';
import { hint } from './hints.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { themeOf } from './output.ts';
import type { Renderers } from './reports.ts';
import { loadSchema, type LoadedSchema } from './schema-files.ts';
import { selectionOf } from './selection.ts';
import { whereOf } from './source.ts';
import { describeSource } from './validate.ts';
import { type Look, watch, watchOptions } from './watch.ts';

type Format = (typeof checkFormats)[number];

/** One rule for all objects, so that a test case has the same name whatever is the matter. */
const asDeclared = 'as declared';

/** How it is put back, or kept, in one line. */
function waysOf({ verdict, fix, keep }: ToldFinding): string {
  if (verdict === 'unmanaged' && fix.length === 0)
    return [...(keep === null ? [] : [keep]), 'or absent: true to remove it', 'or ignore it in the configuration'].join(
      '; ',
    );
  return [...fix, ...(keep === null ? [] : [`or keep it so: ${keep}`])].join('; ');
}

function issuesOf({ database, looked }: DriftResult, fresh: readonly ToldFinding[], rule: string | null): Issues {
  const issues = fresh.map((finding) => ({
    rule: rule ?? finding.verdict,
    address: finding.address,
    severity: finding.severity,
    message: `${rule === null ? '' : `${finding.verdict}: `}${finding.message}`,
    fix: waysOf(finding),
    count: 0,
    position: finding.position,
  }));
  const rules = looked.map(({ address, collection }) => ({ rule: asDeclared, address, collection }));
  return { command: 'drift', version, database, looked: rules, issues };
}

function renderersOf(
  db: Database,
  loaded: LoadedSchema,
  result: DriftResult,
  told: readonly ToldFinding[],
  judged: JudgedDrift,
  failOn: Severity | null,
  flags: Flags,
  io: Io,
) {
  const source = { where: whereOf(db), from: describeSource(loaded) };
  const aim = (command: string): string => hint(command, flags);
  const renderers: Renderers<Format> = {
    text: () => driftText(result, judged, source, themeOf(io), aim),
    json: () => driftJson(result, told, judged),
    markdown: () => driftMarkdown(result, judged, source, aim),
    github: () => githubText(issuesOf(result, judged.fresh, null)),
    sarif: () => sarifText(issuesOf(result, judged.fresh, null)),
    junit: () => junitText({ ...issuesOf(result, judged.fresh, asDeclared), failOn }),
    prom: () => driftProm(result, io.now().getTime()),
  };
  return renderers;
}

const asKnown = ({ verdict, address, fingerprint }: ToldFinding): KnownDrift => ({ verdict, address, fingerprint });

/** What is ignored now is not told as mended. */
function isCounted({ ignored }: DriftResult): (known: KnownDrift) => boolean {
  const addresses = new Set(ignored.map(({ finding }) => finding.address));
  return ({ address }) => !addresses.has(address);
}

/** Whether an object was looked for. What is neither declared nor there any more carries no milestone. */
function sought({ looked, leftOut }: DriftResult, selects: Selects): (address: string) => boolean {
  const [within, without] = [new Set(looked.map(({ address }) => address)), new Set(leftOut)];
  return (address) => within.has(address) || (!without.has(address) && selects(address, null));
}

/** Says what is pending, has drifted, or is unmanaged. Reads only; exits 2 where something is that is not known. */
export async function drift(flags: Flags, io: Io): Promise<ExitCode> {
  const options = watchOptions(flags, checkFormats);
  const selection = selectionOf(flags);
  const loaded = await loadSchema(flags, io);
  const { schema, sources } = loaded;
  const selects = selector(selection, schema.milestones);
  const ignore = flags.environment?.ignore ?? [];
  const look = async (db: Database, before: readonly KnownDrift[]): Promise<Look<Format, KnownDrift>> => {
    const result = await readDrift(db, { schema, selection, ignore, now: io.now() });
    const openRun = result.open?.run ?? null;
    const told = tell(result.findings, { sources, openRun, aim: (command) => hint(command, flags) });
    const isJudged = result.inProgress === null;
    const judged = judgeDrift(told, isJudged ? before.filter(isCounted(result)) : [], sought(result, selects));
    return {
      renderers: renderersOf(db, loaded, result, told, judged, options.failOn, flags, io),
      fresh: judged.fresh.length,
      gone: judged.gone.length,
      unanswered: [],
      failed: fails(judged.fresh, options.failOn),
      known: isJudged ? [...told.map(asKnown), ...judged.unseen] : null,
    };
  };
  return watch(flags, io, { command: 'drift', read: knownDrift, options, look });
}
