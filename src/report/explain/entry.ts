/** What a code means to whoever meets it. */
export interface Explanation {
  /** A few words without a full stop. */
  readonly title: string;
  /** What happened or would happen, and why it is told. */
  readonly what: string;
  /** What to do; commands stand behind a colon. */
  readonly next: readonly string[];
}

/** One row of a table: its title, what it means, what to do. */
export const entry = (title: string, what: string, ...next: readonly string[]): Explanation => ({ title, what, next });

export type Explanations = Readonly<Record<string, Explanation>>;
