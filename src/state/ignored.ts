/** Addresses of which no drift is reported, and why; until the end of a day, or for ever. */
export interface Ignored {
  readonly address: string;
  readonly reason: string;
  /** YYYY-MM-DD, or null. */
  readonly until: string | null;
}

/** Whether a rule still holds: it does to the end of its last day. */
export const isStanding = ({ until }: Ignored, now: Date): boolean =>
  until === null || until >= now.toISOString().slice(0, 10);
