import { introspect } from '../database/introspect.ts';
import type { Database } from '../database/port.ts';
import { liveStructure, type Structure } from '../planner/structure.ts';

/** The structure of a database, to be compared. Reads only. */
export async function readStructure(db: Database): Promise<Structure> {
  return liveStructure((await introspect(db)).state);
}
