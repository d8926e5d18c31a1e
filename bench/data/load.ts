import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { pathOf } from '../packages.ts';
import type { Own, Scene } from '../row.ts';
import { orderId, orders } from './orders.ts';

const loadMs = 4000;
const pauseMs = 2;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** An application's point reads and writes of orders, one after the other with a short rest, for some seconds: their p99. */
export async function pointLoad(db: Db, { size }: Scene, goesOn: () => boolean = () => true): Promise<Own> {
  const took: number[] = [];
  const collection = db.collection(orders);
  const until = performance.now() + loadMs;
  for (let at = 0; performance.now() < until && goesOn(); at += 1) {
    const _id = orderId((at * 104_729) % size);
    took.push(await timed(() => collection.findOne({ _id })));
    took.push(await timed(() => collection.updateOne({ _id }, { $inc: { seen: 1 } })));
    await sleep(pauseMs);
  }
  took.sort((a, b) => a - b);
  return { ownMs: took[Math.floor(took.length * 0.99)] ?? Number.NaN };
}

/** The same load beside the product in a process of its own, from where that begins to write; it is interrupted afterwards. */
export async function loadBeside(db: Db, scene: Scene, file: string, flags: readonly string[]): Promise<Own> {
  const args = [pathOf('dist/cli.js'), 'apply', '--auto-approve', '--schema', file, ...flags];
  const env = { ...process.env, MONGODB_URI: scene.uri.replace(/\/?(\?|$)/, `/${scene.database}$1`) };
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const isRunning = (): boolean => child.exitCode === null;
  const undo = db.collection('schemactl_undo');
  while (isRunning() && (await undo.estimatedDocumentCount()) === 0) await sleep(pauseMs);
  const own = await pointLoad(db, scene, isRunning);
  child.kill('SIGINT');
  await ended;
  return own;
}
