import { printable } from '../state/frame.ts';
import type { Run, WayBack } from '../state/runs.ts';
import { excluding, grouped, plural } from '../state/words.ts';
import { duration, instant, paragraph, size, table } from './format.ts';
import { outcomes, runJson, runLine, secondsOf, wayBackWords } from './run-words.ts';

interface KnownRun {
  readonly run: Run;
  readonly wayBack: WayBack;
}

/** All runs, newest first. */
export function historyText(runs: readonly KnownRun[]): string {
  if (runs.length === 0) return 'No run yet.\n';
  const rows = runs.toReversed().map(({ run, wayBack }) => {
    const seconds = secondsOf(run);
    return [
      String(run.run),
      run.kind,
      instant(run.startedAt),
      seconds === null ? '' : duration(seconds),
      `${run.steps.done}/${run.steps.total}`,
      grouped(run.documents),
      `${printable(run.by)}@${printable(run.host)}`,
      printable(run.commit?.slice(0, 7) ?? ''),
      outcomes[run.state],
      wayBack.state === 'nothing' ? '' : wayBackWords[wayBack.state],
    ];
  });
  const head = ['run', 'kind', 'started', 'took', 'steps', 'documents', 'by', 'commit', 'outcome', 'way back'];
  return `${table([head, ...rows]).join('\n')}\n`;
}

const knownJson = ({ run, wayBack }: KnownRun) => ({
  ...runJson(run),
  wayBack: wayBack.state,
  takenBackBy: wayBack.by,
  blocked: wayBack.blocked,
  laterRuns: wayBack.later,
});

export function historyJson(runs: readonly KnownRun[]): string {
  return `${JSON.stringify({ formatVersion: 1, runs: runs.map(knownJson) })}\n`;
}

/** A run with what became of each object. */
interface ToldRun extends KnownRun {
  readonly objects: readonly {
    readonly address: string;
    readonly action: string;
    readonly milestone: string | null;
    readonly state: string;
    readonly documents: number;
    readonly kept: number;
  }[];
  readonly undoBytes: number;
}

/** What can be taken back of it, how, and what is kept for it. */
function wayBackLines({ run, wayBack, undoBytes }: ToldRun): readonly string[] {
  const kept = undoBytes === 0 ? '' : `; ${size(undoBytes)} of undo data kept for it`;
  const purged = run.purgedAt === null ? '' : ` (purged ${instant(run.purgedAt)} by ${run.purgedBy ?? '?'})`;
  const by = wayBack.by === null ? '' : ` by run ${wayBack.by}`;
  const [first, ...others] = wayBack.later;
  const since =
    first === undefined
      ? []
      : [
          `${others.length === 0 ? 'Run' : 'Runs'} ${wayBack.later.join(', ')} changed it since: take the later runs back too.`,
        ];
  switch (wayBack.state) {
    case 'nothing':
      return ['It changed nothing, so there is nothing to take back.'];
    case 'taken-back':
      return [`Taken back${by}${kept}.`];
    case 'purged':
    case 'impossible':
      return [`Cannot be taken back${purged}.`];
    case 'partly':
      return [`Can be taken back but for ${wayBack.blocked.join(', ')}${purged}${kept}.`, ...since];
    case 'with-later':
      return [`Cannot be taken back alone${kept}.`, ...since];
    case 'possible':
      return [`Can be taken back${kept}.`];
    default:
      return wayBack.state satisfies never;
  }
}

/** Each in a line of its own, so that it can be copied. */
function wayBackCommands({ run, wayBack: { state, blocked, later, lost } }: ToldRun): readonly string[] {
  const without = (addresses: readonly string[]): string => (addresses.length === 0 ? '' : ` ${excluding(addresses)}`);
  return [
    ...(state === 'possible' || state === 'partly' ? [`  schemactl rollback --run ${run.run}${without(blocked)}`] : []),
    ...(later.length === 0 ? [] : [`  schemactl rollback --to ${run.run - 1}${without(lost)}`]),
  ];
}

/** One run with its steps. */
export function runText(told: ToldRun): string {
  const { run, objects } = told;
  const rows = objects.map(({ address, action, milestone, state, documents, kept }) => [
    state,
    action,
    printable(milestone ?? ''),
    printable(address),
    [
      ...(documents === 0 ? [] : [plural(documents, 'document')]),
      ...(kept === 0 ? [] : [`${plural(kept, 'document')} left, as changed since`]),
    ].join(', '),
  ]);
  const said = [
    runLine(run, 'Run'),
    ...(run.continues === null ? [] : [`It went on with run ${run.continues}.`]),
    ...(run.message === null ? [] : [printable(run.message)]),
    ...wayBackLines(told).map(printable),
  ].flatMap((line) => paragraph(line, 80, '  '));
  const list = rows.length === 0 ? [] : ['', ...table([['state', 'action', 'milestone', 'address', ''], ...rows])];
  return `${[...said, ...wayBackCommands(told), ...list].join('\n')}\n`;
}

export function runJsonText(told: ToldRun): string {
  const { objects, undoBytes } = told;
  return `${JSON.stringify({ formatVersion: 1, ...knownJson(told), undoBytes, objects })}\n`;
}
