import type { DriftFinding, Verdict } from '../../planner/drift.ts';
import type { NamedIndex } from '../../planner/operation.ts';
import { sourceText } from '../../planner/contract.ts';
import { indexLine } from '../../state/emit.ts';
import type { Severity, SourceMap, SourcePosition } from '../../state/types.ts';
import { shellWord } from '../../state/words.ts';
import { detailsOf } from '../diff.ts';

/** A finding as people are told it. */
export interface ToldFinding extends DriftFinding {
  readonly severity: Severity;
  /** What is the matter, as the end of a sentence that begins with the address. */
  readonly message: string;
  /** Commands that bring the database to its schema; none for what the schema says nothing of. */
  readonly fix: readonly string[];
  /** How it may stay as it is, where it may. */
  readonly keep: string | null;
  readonly position: SourcePosition | null;
}

/** How bad each is for `--fail-on` and reports that know severities alone. */
const severityOf: Readonly<Record<Verdict, Severity>> = { drift: 'high', pending: 'medium', unmanaged: 'low' };

export interface Telling {
  readonly sources: SourceMap;
  /** The run that was cut off. */
  readonly openRun: number | null;
  /** Makes a command lead to the database that was looked at. */
  readonly aim: (command: string) => string;
}

const how = ({ difference }: DriftFinding): string => {
  const details = difference === null ? [] : detailsOf(difference);
  return details.length === 0 ? '' : `: ${details.join('; ')}`;
};

/** What the next apply does to something that the files hold no longer. */
const goes = ({ live }: DriftFinding): string => (live === null ? 'apply forgets it' : 'apply removes it');

const messages: Readonly<Record<DriftFinding['reason'], (finding: DriftFinding, run: number | null) => string>> = {
  'dropped-by-hand': () => 'was dropped',
  'changed-by-hand': (finding) => `was changed${how(finding)}`,
  'not-in-database': () => 'is not there yet',
  'declared-otherwise': (finding) => `is declared otherwise now${how(finding)}`,
  'declared-absent': () => 'is declared absent; apply removes it',
  'no-longer-declared': (finding) => `is no longer declared; ${goes(finding)}`,
  renamed: () => 'has another name now; apply renames it',
  'left-over': () => 'was left standing by a run that was cut off; apply removes it',
  'not-applied': () => 'is not applied yet',
  'not-recorded': () => 'is there as it is declared; apply records it',
  'cut-off': (_, run) => `was begun by run ${run ?? '?'}, which was cut off`,
  refused: ({ refusal }) => (refusal ?? '').replace(/\.$/, ''),
  unmanaged: () => 'was never declared',
  pruned: () => 'was never declared; apply removes it (prune)',
};

/** Nothing puts back what was never declared: the files must say first what is to become of it. */
function commandsOf({ reason, address }: DriftFinding): readonly string[] {
  if (reason === 'unmanaged') return [];
  if (reason === 'cut-off') return ['schemactl resume'];
  if (reason === 'refused') return ['schemactl plan'];
  const only = `schemactl apply --only ${shellWord(address)}`;
  return [reason === 'pruned' ? `${only} --allow unmanaged-prune` : only];
}

const asItIs = ({ kind, live }: DriftFinding): string =>
  kind === 'index'
    ? `declare ${indexLine(live as NamedIndex)}`
    : 'declare it as it is (schemactl init --from-live shows how)';

function keepOf(finding: DriftFinding, place: string | null): string | null {
  const { verdict, reason } = finding;
  if (verdict === 'unmanaged') return asItIs(finding);
  if (verdict === 'pending' || reason === 'refused') return null;
  if (finding.live !== null) return `${asItIs(finding)}${place === null ? '' : ` at ${place}`}`;
  return place === null ? null : `take it out of ${place}`;
}

/** Findings with severity, words and ways back. */
export function tell(findings: readonly DriftFinding[], { sources, openRun, aim }: Telling): readonly ToldFinding[] {
  return findings.map((finding) => {
    const position = sources.get(finding.address) ?? null;
    return {
      ...finding,
      severity: severityOf[finding.verdict],
      message: messages[finding.reason](finding, openRun),
      fix: commandsOf(finding).map(aim),
      keep: keepOf(finding, sourceText(position ?? undefined)),
      position,
    };
  });
}
