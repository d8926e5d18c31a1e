import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../database/mongo.ts';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { doc, int, isDoc, isList, toNumber } from '../state/value.ts';

const primary = 1;
const secondary = 2;

async function allMembersServe(database: Database): Promise<boolean> {
  const status = await database.run(doc(['replSetGetStatus', int(1)]), { on: 'admin' });
  const members = status.get('members');
  if (!isList(members)) return false;
  return members.every((member) => isDoc(member) && [primary, secondary].includes(toNumber(member.get('state')) ?? -1));
}

/** Waits until every member of a replica set is a primary or a secondary. Throws an Error after `timeoutMs`. */
export async function waitForMembers(uri: string, timeoutMs: number): Promise<void> {
  const database = await connect({ url: uri, database: 'admin', connectTimeoutMs: timeoutMs });
  const pause = 50;
  try {
    for (let waited = 0; !(await allMembersServe(database)); waited += pause) {
      if (waited >= timeoutMs)
        throw new Error(`the replica set has members that do not serve after ${timeoutMs / 1000} s`);
      await delay(pause);
    }
  } finally {
    await database.close();
  }
}

/** The version of the deployment behind a URI. Throws SchemactlError SCH6911 (exit code 69) where it does not answer. */
export async function serverVersionOf(uri: string): Promise<string> {
  try {
    const database = await connect({ url: uri, database: 'admin', connectTimeoutMs: 10_000 });
    await database.close();
    return database.server.version;
  } catch (cause) {
    if (cause instanceof SchemactlError) throw cause;
    throw new SchemactlError('The deployment of SCHEMACTL_TEST_URI does not answer.', {
      code: 'SCH6911',
      exitCode: exitCodes.unreachable,
      details: [cause instanceof Error ? cause.message : String(cause)],
      next: ['Start it, correct the variable, or unset it to have a server started.'],
      cause,
    });
  }
}
