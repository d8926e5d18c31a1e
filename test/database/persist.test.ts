import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { persistently } from '../../src/database/persist.ts';
import { DatabaseError, isPassing } from '../../src/database/port.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minute = 60_000;
const lasting = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const failure = (kind: 'network' | 'unreachable' | 'server', code: number | null = null): DatabaseError =>
  new DatabaseError('it broke', { kind, code });

/** Work whose attempts take so long and fail so; null: it is done. */
function work(...attempts: readonly (readonly [number, DatabaseError | null])[]) {
  let at = 0;
  return async (): Promise<number> => {
    const [ms, error] = attempts[Math.min(at, attempts.length - 1)]!;
    at += 1;
    await lasting(ms);
    if (error !== null) throw error;
    return at;
  };
}

/** How it ends, and after how many seconds. */
async function ending(ran: Promise<number>): Promise<readonly [number | DatabaseError, number]> {
  const began = performance.now();
  const ended = ran.then(
    (value) => [value, Math.round((performance.now() - began) / 1000)] as const,
    (error: unknown) => [error as DatabaseError, Math.round((performance.now() - began) / 1000)] as const,
  );
  await vi.runAllTimersAsync();
  return ended;
}

describe('server errors: what passes is waited for', () => {
  test.each([
    ['a connection that breaks', work([0, failure('network')], [0, null]), 2],
    ['an hour of work that is cut off', work([60 * minute, failure('network')], [60 * minute, null]), 2],
    [
      'cut off again and again',
      work([2 * minute, failure('server', 11602)], [9 * minute, failure('server', 91)], [0, null]),
      3,
    ],
    ['half a minute without a primary', work([30_000, failure('unreachable')], [0, null]), 2],
  ] as const)('%s', async (_, does, attempts) => {
    expect((await ending(persistently(does)))[0]).toBe(attempts);
  });
});

describe('but not for ever', () => {
  test.each([
    ['a connection that always breaks', failure('network'), 0, 63],
    ['a primary that steps down again and again', failure('server', 10107), 0, 63],
    ['no primary', failure('unreachable'), 10_000, 63],
  ] as const)('%s: a minute', async (_, error, each, seconds) => {
    const [thrown, after] = await ending(persistently(work([each, error])));
    expect(thrown).toMatchObject({ kind: error.kind, code: error.code, givenUp: true, cause: error });
    expect(after).toBe(seconds);
  });

  test('what was given up is not waited for again by what asked for it', async () => {
    const [thrown, after] = await ending(persistently(() => persistently(work([0, failure('network')]))));
    expect(isPassing(thrown)).toBe(false);
    expect(after).toBe(63);
  });

  test('what the server refuses is thrown at once, as it is', async () => {
    const refused = failure('server', 13);
    expect(await ending(persistently(work([0, refused])))).toEqual([refused, 0]);
  });
});
