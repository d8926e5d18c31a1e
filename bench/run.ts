import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { type Lab, openLab } from './lab.ts';
import { measureRow } from './measure.ts';
import { type Options, readOptions } from './options.ts';
import { installPeers } from './packages.ts';
import type { RowResult } from './result.ts';
import { plotOf } from './plot.ts';
import { rowText } from './table.ts';

const { stdout, stderr } = process;
const say = (text: string): void => void stderr.write(`${text}\n`);

/** What a figure can be compared with: the same machine, the same versions. */
function jsonOf({ mode, rounds }: Options, results: readonly RowResult[]): string {
  const machine = { node: process.version, platform: process.platform, cpus: cpus().length };
  return `${JSON.stringify({ formatVersion: 1, ...machine, mode, rounds, rows: results }, null, 2)}\n`;
}

async function measureAll(options: Options, lab: Lab): Promise<void> {
  const results: RowResult[] = [];
  for (const row of options.rows) {
    const result = await measureRow(row, lab, { ...options, say });
    results.push(result);
    if (options.json !== 'stdout') stdout.write(`\n${rowText(result)}\n`);
  }
  const last = results.at(-1);
  if (options.plot !== null && last !== undefined) await writeFile(options.plot, plotOf(last));
  if (options.json === null) return;
  if (options.json === 'stdout') stdout.write(jsonOf(options, results));
  else await writeFile(options.json.file, jsonOf(options, results));
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  installPeers(say);
  const lab = await openLab(say);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void lab.close().finally(() => process.exit(130)));
  }
  await measureAll(options, lab).finally(() => lab.close());
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
