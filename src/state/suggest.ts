/** Edits between two words: insert, delete, replace, and swap of neighbours (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, at) => at);
  const cell = (row: readonly number[], at: number): number => row[at] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = cell(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? cell(before, j - 2) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(cell(previous, j) + 1, cell(current, j - 1) + 1, replaced, swapped));
    }
    before = previous;
    previous = current;
  }
  return cell(previous, b.length);
}

const longest = 60;

/** The known word that was probably meant: few edits for its length, case aside, or the beginning of one; the first of equals. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  let best: string | undefined;
  let bound = Math.max(1, Math.round(word.length * 0.4)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bound) continue;
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bound) {
      best = candidate;
      bound = edits;
    }
  }
  return best ?? beginning(word, known);
}

function beginning(word: string, known: Iterable<string>): string | undefined {
  const stem = word.toLowerCase().replace(/s$/, '');
  return stem.length < 3 ? undefined : [...known].find((candidate) => candidate.toLowerCase().startsWith(stem));
}

/** The hint for a misspelt word; undefined if nothing is near. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const found = nearest(word, known);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}
