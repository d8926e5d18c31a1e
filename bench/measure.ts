import type { Lab } from './lab.ts';
import { type CaseResult, judgeCase, judgeGrowth, type RowResult } from './result.ts';
import type { Case, Mode, Row, Scene } from './row.ts';
import { type Runner, start } from './runners.ts';
import type { Sample } from './sample.ts';

interface Options {
  readonly mode: Mode;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Each round begins with another contender, so that none always runs in the wake of the same one. */
function inTurn<T>(items: readonly T[], round: number): readonly T[] {
  const at = round % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

async function playRounds(runners: readonly Runner[], rounds: number): Promise<ReadonlyMap<Runner, readonly Sample[]>> {
  const samples = new Map(runners.map((runner) => [runner, [] as Sample[]]));
  const repeated = runners.filter(({ contender }) => contender.once !== true);
  for (const runner of repeated) await runner.round();
  for (let round = 0; round < rounds; round += 1) {
    for (const runner of inTurn(round === 0 ? runners : repeated, round)) {
      samples.get(runner)?.push(await runner.round());
    }
  }
  return samples;
}

async function measureScene(row: Row, scene: Scene, { rounds }: Options): Promise<CaseResult> {
  const runners: Runner[] = [];
  try {
    for (const contender of row.contenders) runners.push(await start(row, contender, scene));
    const samples = await playRounds(runners, rounds);
    return judgeCase(row, scene, new Map([...samples].map(([{ contender }, found]) => [contender, found])));
  } finally {
    await Promise.all(runners.map((runner) => runner.end()));
  }
}

/** Measures a row at every size of the mode: all contenders ready at once, one warm-up each, then round by round. */
export async function measureRow(row: Row, lab: Lab, options: Options): Promise<RowResult> {
  const results: CaseResult[] = [];
  for (const wanted of row.cases[options.mode]) {
    options.say(`${row.name}: ${wanted.label} …`);
    results.push(await measureCase(row, wanted, lab, options));
  }
  return { name: row.name, title: row.title, cases: results, growth: judgeGrowth(row, results) };
}

async function measureCase(row: Row, wanted: Case, lab: Lab, options: Options): Promise<CaseResult> {
  return measureScene(row, await row.prepare(wanted, lab), options);
}
