import { readFile, writeFile } from 'node:fs/promises';
import type * as parser from '../../src/state/parse.ts';
import { schemaFileOf } from '../data/database.ts';
import { loadJsYaml } from '../data/js-yaml.ts';
import { schemaText } from '../data/sample.ts';
import type { Lab } from '../lab.ts';
import { peer, product } from '../packages.ts';
import type { Bout, Case, Row, Scene } from '../row.ts';

const caseOf = (size: number): Case => ({ label: `${size.toLocaleString('en')} collections`, size, indexes: 5 });

async function prepare(wanted: Case, lab: Lab): Promise<Scene> {
  const scene = { ...wanted, uri: '', database: '', folder: await lab.folder(`parse-${wanted.size}`) };
  await writeFile(schemaFileOf(scene), schemaText(wanted.size, wanted.indexes));
  return scene;
}

type Read = (text: string) => unknown;

async function reader(scene: Scene, read: Read): Promise<Bout> {
  const text = await readFile(schemaFileOf(scene), 'utf8');
  return { round: () => read(text) };
}

async function ours(): Promise<Read> {
  const { parseSchema } = (await product('state/parse.js')) as typeof parser;
  return (text) => {
    const { schema } = parseSchema([{ path: 'schema.yaml', text }]);
    if (schema === null) throw new Error('the schema of the benchmark is not valid');
    return schema;
  };
}

async function yaml(): Promise<Read> {
  return ((await peer('yaml/dist/index.js')) as { readonly parse: Read }).parse;
}

export const parse: Row = {
  name: 'parse',
  title: 'parse and validate one schema file of about 1.8 kB a collection',
  cases: {
    quick: [caseOf(200)],
    usual: [caseOf(1000), caseOf(10_000)],
    full: [caseOf(1000), caseOf(10_000)],
  },
  prepare,
  contenders: [
    { name: 'parseSchema', role: 'ours', open: async (scene) => reader(scene, await ours()) },
    { name: 'js-yaml load', role: 'floor', open: async (scene) => reader(scene, (await loadJsYaml()).load) },
    { name: 'yaml parse', role: 'peer', once: true, open: async (scene) => reader(scene, await yaml()) },
  ],
  goals: [{ ours: 'parseSchema', against: ['js-yaml load'], atMost: 4 }],
  growth: [{ ours: 'parseSchema', what: 'memory', atMost: 10 }],
};
