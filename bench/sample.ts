/** What one round cost. */
export interface Sample {
  readonly ms: number;
  /** User and system time of the measured process. */
  readonly cpuMs: number;
  /** The most memory that the process has held so far, preparation included. */
  readonly rssBytes: number;
  /** Where the contender watches its server. */
  readonly server?: ServerUse;
}

/** What a process says of itself. */
export type Usage = Pick<Sample, 'cpuMs' | 'rssBytes'>;

/** What one round cost the server. */
export interface ServerUse {
  /** User and system time of its process. */
  readonly cpuMs: number;
  /** What was written to the oplog, in bytes, for each document of the scene: the same whatever the load. */
  readonly oplogBytes: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the ratios of rounds that ran beside each other. */
export function medianRatio(ours: readonly Sample[], other: readonly Sample[]): number {
  const rounds = Math.min(ours.length, other.length);
  return median(ours.slice(0, rounds).map(({ ms }, at) => ms / (other[at]?.ms ?? Number.NaN)));
}
