import type { ContenderResult, Judgement, RowResult } from './result.ts';

const widths = [7, 34, 12, 12, 10, 12, 14] as const;

function line(...cells: readonly string[]): string {
  const [role, name, ...figures] = cells.map((cell, at) =>
    at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
  );
  return `  ${[role, name, ...figures].join(' ')}`.trimEnd();
}

const milliseconds = (ms: number): string => (ms < 100 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(0)} ms`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const serverCells = (server: ContenderResult['server']): readonly string[] =>
  server === null ? [] : [seconds(server.cpuMs), `${server.oplogBytes.toFixed(0)} B/document`];

const contenderLine = ({ role, name, ms, cpuMs, rssBytes, server }: ContenderResult): string =>
  line(role, name, milliseconds(ms), seconds(cpuMs), megabytes(rssBytes), ...serverCells(server));

const serverTitles = (contenders: readonly ContenderResult[]): readonly string[] =>
  contenders.some(({ server }) => server !== null) ? ['server CPU', 'oplog'] : [];

const judgementLine = ({ text, ratio, atMost, reached }: Judgement): string =>
  `  ${reached ? '✔' : '✘'} ${text} = ${ratio.toFixed(2)}  (at most ${atMost})`;

/** A row as people read it: median time, CPU and peak memory of each contender's process, then the ratios. */
export function rowText({ name, title, cases, growth }: RowResult): string {
  const parts = cases.flatMap(({ label, contenders, goals }) => [
    line('', label, 'time', 'CPU', 'memory', ...serverTitles(contenders)),
    ...contenders.map(contenderLine),
    ...goals.map(judgementLine),
    '',
  ]);
  const grown = growth.length === 0 ? [] : [...growth.map(judgementLine), ''];
  return [`${name} · ${title}`, ...parts, ...grown].join('\n');
}
