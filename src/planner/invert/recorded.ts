import type { DatabaseState } from '../../state/types.ts';
import type { StepRef } from '../change.ts';
import type { LedgerEntry, Step } from '../contract.ts';
import type { Edit, StructureState } from '../operation.ts';

/** A step as its run recorded it, and as it still stands: no later run has taken it back. */
export interface RecordedStep {
  readonly ref: StepRef;
  readonly step: Step;
  /** False where its unit was begun and not finished: what it did is then read from the server. */
  readonly done: boolean;
  /** What stood there immediately before, and what the step left. Null: nothing, or no structure. */
  readonly found: StructureState | null;
  readonly made: StructureState | null;
  /** The edits of its pass that belong to it. */
  readonly edits: readonly RecordedEdit[];
  /** When and by whom what its run kept was purged; left out: it was not. */
  readonly purged?: string;
  /** What is missing of what its pass kept, though nobody purged it; left out: nothing. */
  readonly missing?: MissingChunks;
}

/** Chunks of undo data that are not there, by their `_id`, of as many as a pass wrote. */
export interface MissingChunks {
  readonly ids: readonly string[];
  readonly chunks: number;
}

export interface RecordedEdit extends Edit {
  /** Its position in the pass. */
  readonly at: number;
  readonly documents: number;
  /** All edits of the pass. */
  readonly pass: readonly Edit[];
}

/** A recorded change of the ledger: with the step of that address, or by itself (adopted, released). */
export interface RecordedLedgerChange {
  readonly run: number;
  readonly step: StepRef | null;
  readonly address: string;
  readonly milestone: string | null;
  readonly before: LedgerEntry | null;
}

export interface InvertInput {
  /** What is to be taken back, newest first. */
  readonly steps: readonly RecordedStep[];
  /** What later runs did that is not to be taken back. */
  readonly later: readonly RecordedStep[];
  /** What all runs did, whether it stands or was taken back since. */
  readonly past: readonly RecordedStep[];
  readonly observed: DatabaseState;
  readonly uuids: Readonly<Record<string, string>>;
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  readonly version: string;
}
