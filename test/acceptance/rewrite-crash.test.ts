import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seed } from '../support/generators.ts';
import { allowed, toRewrite } from '../support/rewritten.ts';
import { must, type Site, useSite } from '../support/site.ts';

const site = useSite('rewrite_crash');

const documents = 1500;
/** Batches of a tenth of a second, so that there are many moments between two of them. */
const slowly = ['--throttle', '3000/s', '--lock-lease', '1s', '--auto-approve'];
const waiting = ['--lock-wait', '30s', '--auto-approve'];

/** `npm test` takes a few moments; `REWRITE_CRASHES=20` more of them. */
const crashes = Number(process.env['REWRITE_CRASHES'] ?? '2');

/** Numbers between 0 and 1 that the seed decides (Park and Miller). */
function chances(from: number): () => number {
  let state = (from % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const applyOf = (file: string): readonly string[] => ['apply', '--schema', file, ...allowed];

async function killedAfter(of: Site, args: readonly string[], ms: number): Promise<boolean> {
  const running = of.spawn(args);
  await sleep(ms);
  const isCut = !running.hasEnded();
  running.kill('SIGKILL');
  await running.done;
  return isCut;
}

test('killed at any moment of a rewrite: resume ends as planned, rollback as it was', {
  timeout: 900_000,
}, async () => {
  console.log(`test/acceptance/rewrite-crash: FC_SEED=${seed}`);
  const chance = chances(seed);
  const { file } = await toRewrite(site, documents);
  const began = performance.now();
  await must(0, site.run([...applyOf(file), ...slowly]));
  const whole = performance.now() - began;
  const applied = await site.hash();
  let cut = 0;
  for (let at = 0; at < crashes; at += 1) {
    const { before } = await toRewrite(site, documents);
    if (await killedAfter(site, [...applyOf(file), ...slowly], 200 + chance() * (whole - 200))) cut += 1;
    if (at % 2 === 0) {
      await must(0, site.run(['resume', ...waiting]));
      await must(0, site.run([...applyOf(file), ...waiting]));
      expect([at, await site.hash()]).toEqual([at, applied]);
    }
    const back = ['rollback', '--all', ...waiting];
    await killedAfter(site, [...back, ...slowly], chance() * whole);
    await must(0, site.run(back));
    expect([at, await site.hash()]).toEqual([at, before]);
  }
  console.log(`cut off ${cut} of ${crashes} applies`);
  expect(cut).toBeGreaterThan(0);
});
