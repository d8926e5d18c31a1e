import type { CaseResult, ContenderResult, RowResult } from './result.ts';

const [left, right, top, line, gap] = [290, 70, 64, 13, 12];
const width = 900;
/** Room for the longest label, left of where the picture begins. */
const margin = 50;
const plotWidth = width - left - right;
const colours = { ours: '#1a7f37', floor: '#8c959f', peer: '#bc4c00' } as const;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const milliseconds = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(0)} ms`);

/** From so many milliseconds to so many, whole powers of ten, as a share of the width. */
function scaleOf(cases: readonly CaseResult[]): {
  readonly powers: readonly number[];
  readonly at: (ms: number) => number;
} {
  const all = cases.flatMap(({ contenders }) => contenders.map(({ ms }) => Math.log10(ms)));
  const [from, to] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
  const powers = Array.from({ length: to - from + 1 }, (_, step) => from + step);
  return { powers, at: (ms) => left + ((Math.log10(ms) - from) / (to - from)) * plotWidth };
}

/** The figures of a row as horizontal bars, one group a case, on a logarithmic scale: an SVG that needs nothing else. */
export function plotOf({ title, cases }: RowResult): string {
  const { powers, at } = scaleOf(cases);
  const group = (cases[0]?.contenders.length ?? 0) * line + gap;
  const height = top + cases.length * group + 30;
  const bar = ({ role, ms }: ContenderResult, y: number): string =>
    `<rect x="${left}" y="${y}" width="${(at(ms) - left).toFixed(1)}" height="${line - 3}" fill="${colours[role]}"/>` +
    `<text x="${(at(ms) + 5).toFixed(1)}" y="${y + 9}" font-size="10">${milliseconds(ms)}</text>`;
  const groups = cases.map(({ label, contenders }, index) => {
    const y = top + index * group;
    const middle = y + (contenders.length * line) / 2 + 2;
    const name = `<text x="${left - 10}" y="${middle}" text-anchor="end">${escaped(label)}</text>`;
    return name + contenders.map((each, row) => bar(each, y + row * line)).join('');
  });
  const grid = powers.map((power) => {
    const x = at(10 ** power).toFixed(1);
    return `<line x1="${x}" x2="${x}" y1="${top - 6}" y2="${height - 24}" stroke="#d0d7de"/><text x="${x}" y="${height - 8}" text-anchor="middle">${10 ** power} ms</text>`;
  });
  const legend = (cases[0]?.contenders ?? []).map(({ role, name }, index) => {
    const x = left + index * 190;
    return `<rect x="${x}" y="34" width="10" height="10" fill="${colours[role]}"/><text x="${x + 15}" y="43">${escaped(name)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-margin} 0 ${width + margin} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2328">`,
    `<rect x="${-margin}" width="${width + margin}" height="${height}" fill="#ffffff"/>`,
    `<text x="${left}" y="20" font-size="14" font-weight="600">${escaped(title)}, ${(cases[0]?.size ?? 0).toLocaleString('en')} orders, logarithmic</text>`,
    ...legend,
    ...grid,
    ...groups,
    '</svg>',
    '',
  ].join('\n');
}
