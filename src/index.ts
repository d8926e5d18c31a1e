/** The library: what the command line is made of. Nothing here prints or ends the process. */
export { connect, type ConnectOptions } from './database/mongo.ts';
export { type Database, DatabaseError, type ServerInfo, type Topology } from './database/port.ts';
export type { Diagnostic } from './diagnostics.ts';
export { type ExitCode, exitCodes, SchemactlError } from './errors.ts';
export { compareStructures, type Difference, type Part } from './planner/compare.ts';
export { decodePlan, encodePlan } from './planner/codec.ts';
export type * from './planner/contract.ts';
export type * from './planner/import/imported.ts';
export { assertApplicable, blockingHazards, parseAllow } from './planner/hazards.ts';
export { declaredStructure, liveStructure, type Structure } from './planner/structure.ts';
export { decodeSnapshot, encodeSnapshot, type Snapshot } from './planner/snapshot.ts';
export type { Drift, DriftFinding, DriftReason, DriftResult, IgnoredFinding, Verdict } from './planner/drift.ts';
export type { RunEvent } from './report/events.ts';
export { type PlanSource, planText } from './report/plan/text.ts';
export { colourTheme, plainTheme, type Theme } from './report/theme.ts';
export type { Checklist, ChecklistItem, ItemState } from './state/checklist.ts';
export {
  type ApplyOptions,
  type CheckOptions,
  type DriftOptions,
  type OpenOptions,
  openSchemactl,
  type PlanOptions,
  type PlanPurgeOptions,
  type PurgeOptions,
  type RollbackOptions,
  type Schemactl,
} from './library.ts';
export { emitSchema } from './state/emit.ts';
export type { Ignored } from './state/ignored.ts';
export { type ParsedSchema, parseSchema, type SchemaFile } from './state/parse.ts';
export type * from './state/purge.ts';
export type * from './state/finding.ts';
export type * from './state/runs.ts';
export type * from './state/status.ts';
export type * from './state/types.ts';
export type * from './state/value.ts';
export { type DoctorOptions, examine } from './workflow/doctor/doctor.ts';
export { readDrift, type ReadDriftOptions } from './workflow/drift.ts';
export { checkSchema, type CheckSchemaOptions } from './workflow/check.ts';
export { type ImportOptions, importDatabase } from './workflow/import.ts';
export { type PlanRollbackOptions, planRollback } from './workflow/plan-rollback.ts';
export { type Ask, remembering } from './workflow/answers.ts';
export { type PlanSchemaOptions, planSchema, planSnapshot } from './workflow/plan-schema.ts';
export { planPurge, runPurge } from './workflow/purge.ts';
export { resumeRun, runPlan } from './workflow/run.ts';
export type { RunOptions, RunResult } from './workflow/run-result.ts';
export type { Which } from './workflow/select-runs.ts';
export { readStructure } from './workflow/structure.ts';
export { takeSnapshot } from './workflow/snapshot.ts';
export { hasDifferences, type KnownRun, readHistory, readRun, type RunObject, readStatus } from './workflow/status.ts';
