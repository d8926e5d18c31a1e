import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';

/** `npm test` injects a few faults of each kind; `npm run test:faults` (FAULTS=all) every one. */
export const everything = process.env['FAULTS'] === 'all';

/** A tenth of the commands is enough to look at one thing again: FAULTS_STEP=10. */
export const step = Number(process.env['FAULTS_STEP'] ?? 1);

/** Where to begin: FAULTS_FIRST=2 with FAULTS_STEP=10 looks at others than 1 does. */
export const first = Number(process.env['FAULTS_FIRST'] ?? 1);

/** What a kind of fault was, how often it was injected and what was found wrong. */
export interface Tally {
  readonly hit: (times?: number) => void;
  /** Says how many there were, and keeps it for `docs/reliability.md`. A run that injected nothing fails. */
  readonly close: (more?: string) => void;
}

const results = process.env['FAULTS_RESULTS'];
const keep = (record: object): void => {
  if (results !== undefined) appendFileSync(results, `${JSON.stringify(record)}\n`);
};

export function tallyOf(fault: string, what: string): Tally {
  let injected = 0;
  const began = performance.now();
  // A test that fails never closes its tally: the page then says so.
  keep({ fault, what });
  return {
    hit: (times = 1) => void (injected += times),
    close(more = '') {
      const seconds = Math.round((performance.now() - began) / 1000);
      console.log(`injected ${injected}: ${fault}: ${what}${more === '' ? '' : ` (${more})`}, ${seconds} s`);
      keep({ fault, what, injected, more, seconds });
      expect(injected, `no fault was injected: ${fault}: ${what}`).toBeGreaterThan(0);
    },
  };
}
