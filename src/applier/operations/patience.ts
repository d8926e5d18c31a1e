import type { Database } from '../../database/port.ts';
import type { RunEvent } from '../../report/events.ts';
import { duration } from '../../report/format.ts';

type Emit = (event: RunEvent) => void;

const firstMs = 10_000;
const longestMs = 300_000;

/** Which members do not answer, in words; empty where all do. */
export function silence(db: Database): string {
  const members = db.silentMembers();
  return members.length === 0 ? '' : `; ${members.join(', ')} ${members.length === 1 ? 'does' : 'do'} not answer`;
}

/** Does the work, and says what is waited for as long as it is not done: after ten seconds, then ever more rarely. */
export async function saying<T>(db: Database, emit: Emit, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  let timer: NodeJS.Timeout;
  const later = (pause: number): NodeJS.Timeout =>
    setTimeout(() => {
      const waited = duration((performance.now() - began) / 1000);
      emit({ event: 'waiting', message: `${what}, for ${waited} now${silence(db)}` });
      timer = later(Math.min(2 * pause, longestMs));
    }, pause);
  timer = later(firstMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
