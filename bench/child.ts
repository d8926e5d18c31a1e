import type { Bout, Own, Scene } from './row.ts';
import { rowNamed } from './rows.ts';
import type { Sample } from './sample.ts';

/** What the runner asks for. */
export type Request = { readonly kind: 'open'; readonly scene: Scene } | { readonly kind: 'round' };
/** What is answered; a sample where a round was asked for. */
export type Reply = { readonly sample: Sample | null } | { readonly problem: string };

const [, , rowName, contenderName] = process.argv;
const contender = rowNamed(rowName ?? '')?.contenders.find(({ name }) => name === contenderName);
let bout: Bout | undefined;

const isOwn = (told: unknown): told is Own => typeof told === 'object' && told !== null && 'ownMs' in told;

async function measure({ reset, round, watch }: Bout): Promise<Sample> {
  await reset?.();
  // What an earlier round left behind is not this one's cost.
  globalThis.gc?.();
  const watched = await watch?.();
  const [began, before] = [performance.now(), process.cpuUsage()];
  const told = await round();
  const [took, used] = [performance.now() - began, process.cpuUsage(before)];
  const server = await watched?.();
  return {
    ms: isOwn(told) ? told.ownMs : took,
    cpuMs: (used.user + used.system) / 1000,
    rssBytes: process.resourceUsage().maxRSS * 1024,
    ...(server === undefined ? {} : { server }),
  };
}

async function answer(request: Request): Promise<Reply> {
  if (contender === undefined || !('open' in contender)) throw new Error(`there is no contender ${contenderName}`);
  if (request.kind === 'open') {
    bout = await contender.open(request.scene);
    return { sample: null };
  }
  if (bout === undefined) throw new Error('a round before the preparation');
  return { sample: await measure(bout) };
}

async function reply(request: Request): Promise<void> {
  const found = await answer(request).catch((error: unknown): Reply => {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  });
  process.send?.(found);
}

process.on('message', (request: Request) => void reply(request));
process.on('disconnect', () => {
  void Promise.resolve(bout?.end?.()).finally(() => process.exit(0));
});
