import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { pages } from '../dist/commands/docs.js';

/** Writes the pages of codes and commands anew, from what the command line itself says. */
const docs = new URL('../docs/', import.meta.url);
for (const folder of ['codes/', 'commands/']) {
  mkdirSync(new URL(folder, docs), { recursive: true });
  for (const name of readdirSync(new URL(folder, docs))) rmSync(new URL(folder + name, docs));
}
for (const [path, text] of pages()) writeFileSync(new URL(path, docs), text);
