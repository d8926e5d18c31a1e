import stringWidth from 'string-width';

/** `1.2 MB`, in powers of ten; what would round up to 1000 takes the next unit. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const at = units.findIndex((_, power) => Math.round(bytes / 1000 ** power) < 1000);
  const power = at < 0 ? units.length - 1 : at;
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? ''}`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2.1 h` */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Text cut to a width in terminal columns, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Pads to a width in terminal columns, wide characters counted as two. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Joins names with commas, wrapped at a width. */
export function wrapped(names: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const [at, name] of names.entries()) {
    const word = at < names.length - 1 ? `${name},` : name;
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A command that is told: behind a colon, to where the sentence goes on. */
const command = /(?<=: )schemactl (?:'[^']*'|(?![.,] )[^';()])+(?<! )/g;

/** The words of a sentence, and each of its commands as one, so that it can be copied. */
function wordsOf(text: string): readonly string[] {
  const joined = text.replaceAll(command, (found) => found.replaceAll(' ', '\0'));
  return joined.split(' ').map((word) => word.replaceAll('\0', ' '));
}

/** A sentence in lines of a width, every line but the first indented. A command is longer than a line rather than in two. */
export function paragraph(text: string, columns: number, indent: string): readonly string[] {
  const lines: string[] = [];
  for (const word of wordsOf(text)) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(`${last} ${word}`) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : indent + word);
  }
  return lines;
}

/** `2026-11-23 02:10 UTC` */
export function instant(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Rows of cells in aligned columns, two blanks between; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
