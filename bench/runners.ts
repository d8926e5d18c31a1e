import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Reply, Request } from './child.ts';
import type { Contender, InProcess, Row, Scene, WholeProcess } from './row.ts';
import type { Sample, Usage } from './sample.ts';

/** A contender that is ready to run one round after the other. */
export interface Runner {
  readonly contender: Contender;
  readonly round: () => Promise<Sample>;
  readonly end: () => Promise<void>;
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function ask(child: ChildProcess, request: Request): Promise<Sample | null> {
  const left = new AbortController();
  const options = { signal: left.signal };
  try {
    child.send(request);
    const reply = await Promise.race([
      once(child, 'message', options).then(([message]) => message as Reply),
      once(child, 'exit', options).then((): Reply => ({ problem: 'its process ended' })),
    ]);
    if ('problem' in reply) throw new Error(reply.problem);
    return reply.sample;
  } finally {
    left.abort();
  }
}

async function inProcess(row: Row, contender: InProcess, scene: Scene): Promise<Runner> {
  const child = fork(fileOf('child.js'), [row.name, contender.name], { execArgv: ['--expose-gc'] });
  await ask(child, { kind: 'open', scene }).catch((error: unknown) => {
    child.kill();
    throw error;
  });
  return {
    contender,
    async round() {
      const sample = await ask(child, { kind: 'round' });
      if (sample === null) throw new Error('a round without a sample');
      return sample;
    },
    async end() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function succeed(child: ChildProcess, args: readonly string[]): Promise<void> {
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(code)}`);
}

async function timed(args: readonly string[]): Promise<number> {
  const began = performance.now();
  await succeed(spawn(process.execPath, args, { stdio: 'ignore' }), args);
  return performance.now() - began;
}

async function usage(args: readonly string[]): Promise<Usage> {
  const all = ['--require', fileOf('usage.cjs'), ...args];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = succeed(child, args);
  let text = '';
  for await (const part of child.stdio[3] as Readable) text += String(part);
  await ended;
  return JSON.parse(text) as Usage;
}

/** Its time is taken without, and its use of the machine with, a module of ours in it. */
function wholeProcess(contender: WholeProcess, scene: Scene): Runner {
  const args = contender.command(scene);
  return {
    contender,
    round: async () => ({ ms: await timed(args), ...(await usage(args)) }),
    end: () => Promise.resolve(),
  };
}

/** Starts a contender and has it prepare itself. Throws an Error with what it says. */
export async function start(row: Row, contender: Contender, scene: Scene): Promise<Runner> {
  return 'open' in contender ? inProcess(row, contender, scene) : wholeProcess(contender, scene);
}
