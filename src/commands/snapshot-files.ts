import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../planner/snapshot.ts';
import type { Io } from './io.ts';
import { type FileKind, readPlainFile, writePrivateFile } from './private-files.ts';

const snapshotFile: FileKind = { noun: 'snapshot', make: 'Make one with: schemactl snapshot --out FILE' };

/** Reads a snapshot. Throws SchemactlError 65 for what is no plain file, or no snapshot as it was written. */
export async function readSnapshot(path: string, io: Io): Promise<Snapshot> {
  return decodeSnapshot(await readPlainFile(snapshotFile, path, io));
}

export async function writeSnapshot(path: string, snapshot: Snapshot, io: Io): Promise<void> {
  return writePrivateFile(snapshotFile, path, encodeSnapshot(snapshot), io);
}
