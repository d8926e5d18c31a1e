/** A stream of numbers that its seed decides. */
export interface Random {
  /** 32 bits. */
  readonly bits: () => number;
  /** A whole number, both ends included. */
  readonly int: (least: number, most: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
}

/** mulberry32 by Tommy Ettinger (public domain). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** One seed out of several numbers; their order counts. */
function mix(parts: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return hash;
}

/** The same parts give the same stream. */
export function randomOf(...parts: readonly number[]): Random {
  const bits = mulberry32(mix(parts));
  const int = (least: number, most: number): number => least + Math.floor((bits() / 2 ** 32) * (most - least + 1));
  return {
    bits,
    int,
    chance: (share) => bits() / 2 ** 32 < share,
    pick: (choices) => choices[int(0, choices.length - 1)] ?? choices[0],
  };
}

/** Shaped like a UUID of version 4. `unique` is in it, so that two of them differ where theirs do (32 bits). */
export function uuid(random: Random, unique: number): string {
  const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
  const [a, b, c] = [hex(random.bits()), hex(random.bits()), hex(random.bits())];
  const variant = '89ab'[random.int(0, 3)] ?? '8';
  // An odd factor permutes the 32-bit numbers: the ids look unordered and stay distinct.
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${hex(Math.imul(unique, 0x9e3779b1))}`;
}
