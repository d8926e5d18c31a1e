import { readUnits } from '../applier/journal.ts';
import type { Database } from '../database/port.ts';
import type { Selection } from '../planner/contract.ts';
import { type DriftFinding, type DriftResult, findDrift, type IgnoredFinding } from '../planner/drift.ts';
import { assertSelectsSomething, selector } from '../planner/select.ts';
import { matchesGlob } from '../state/address.ts';
import { type Ignored, isStanding } from '../state/ignored.ts';
import { isOpen, type Run } from '../state/runs.ts';
import type { Schema } from '../state/types.ts';
import { isInProgress, readQuiet } from './quiet.ts';

export interface ReadDriftOptions {
  readonly schema: Schema;
  readonly selection: Selection;
  readonly ignore: readonly Ignored[];
  readonly now: Date;
}

/** Addresses of the units of a run that are not done. */
export async function unsettledBy(db: Database, open: Run | null): Promise<ReadonlySet<string>> {
  const units = open === null ? [] : await readUnits(db, open.run);
  const left = units.filter(({ state }) => state !== 'done');
  return new Set(left.flatMap(({ steps }) => steps.map(({ address }) => address)));
}

function ignoring(findings: readonly DriftFinding[], rules: readonly Ignored[], now: Date) {
  const ruleFor = (finding: DriftFinding, standing: boolean): Ignored | undefined =>
    rules.find((rule) => isStanding(rule, now) === standing && matchesGlob(rule.address, finding.address));
  const ignored = findings.flatMap((finding): readonly IgnoredFinding[] => {
    const rule = ruleFor(finding, true);
    return rule === undefined ? [] : [{ finding, rule }];
  });
  const left = findings.filter((finding) => ruleFor(finding, true) === undefined);
  const expired = new Set(left.flatMap((finding) => ruleFor(finding, false) ?? []));
  return { findings: left, ignored, expired: [...expired] };
}

/**
 * What is pending, has drifted, or is unmanaged. Reads structure and the ledger, no documents, and writes nothing.
 * Throws SchemactlError 64 for a selection of nothing.
 */
export async function readDrift(db: Database, options: ReadDriftOptions): Promise<DriftResult> {
  const { schema, selection, ignore, now } = options;
  const selects = selector(selection, schema.milestones);
  const read = await readQuiet(db);
  if (isInProgress(read)) {
    const nothing = { findings: [], ignored: [], expired: [], looked: [], leftOut: [] };
    return { database: db.name, inProgress: read, ...nothing, open: null };
  }
  const newest = read.runs.at(-1);
  const open = isOpen(newest) ? newest : null;
  const { state: observed, uuids, building } = read.observed;
  const { ledger } = read;
  const { version } = db.server;
  const unsettled = await unsettledBy(db, open);
  const drift = findDrift({ observed, uuids, building, schema, ledger, version, unsettled });
  assertSelectsSomething(
    selection,
    drift.looked.map(({ address }) => address),
  );
  const isSelected = ({ address, milestone }: { address: string; milestone: string | null }): boolean =>
    selects(address, milestone);
  return {
    database: db.name,
    inProgress: null,
    ...ignoring(drift.findings.filter(isSelected), ignore, now),
    looked: drift.looked.filter(isSelected),
    leftOut: drift.looked.filter((object) => !isSelected(object)).map(({ address }) => address),
    open,
  };
}
