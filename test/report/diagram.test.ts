import { readFileSync } from 'node:fs';
import { Parser } from '@dbml/core';
import { JSDOM } from 'jsdom';
import { beforeAll, describe, expect, test } from 'vitest';
import { dbmlText } from '../../src/report/diagram/dbml.ts';
import { mermaidDiagram } from '../../src/report/diagram/mermaid.ts';
import { tablesOf } from '../../src/report/diagram/tables.ts';
import { parseSchema } from '../../src/state/parse.ts';
import type { Schema } from '../../src/state/types.ts';
import { schemaOf } from '../planner/support.ts';
import { nasty } from './findings.ts';

const reference = parseSchema([
  { path: 'c.yaml', text: readFileSync(new URL('../../schema/collections.yaml', import.meta.url), 'utf8') },
]).schema!;

const text = (name: string): string => JSON.stringify(name);
const odd = `${nasty} %%{init}%% "x" [y] 'z' ; a.b`;
const hostile = schemaOf(`{
  ${text(odd)}: {
    description: ${text(odd)},
    fields: {
      ${text(nasty)}: { type: [string, int], required: true, description: ${text(odd)} },
      "2024": { type: object, fields: { "a-b": { type: string } } },
      list: { type: array, items: { type: object, fields: { ref: { type: string } } } },
      "end": { type: string }
    },
    indexes: [{ key: { ${text(nasty)}: 1 }, unique: true, name: ${text(odd)} }, { key: { wild: 1 } }],
    links: {
      ${text(odd)}: { field: ${text(nasty)}, references: other._id },
      inner: { field: list.ref, references: other._id, optional: true },
      again: { field: list.ref, references: other._id }
    }
  },
  other: {}, gone: { absent: true }, erDiagram: { fields: { _id: { type: objectId } } }
}`);

interface MermaidDb {
  getEntities(): ReadonlyMap<string, { alias: string; attributes: { name: string; keys: string[] }[] }>;
  getRelationships(): { relSpec: { cardA: string; cardB: string } }[];
}
type Mermaid = {
  initialize(options: object): void;
  parse(text: string): Promise<{ diagramType: string }>;
  mermaidAPI: { getConfig(): { maxTextSize: number }; getDiagramFromText(text: string): Promise<{ db: MermaidDb }> };
};
let mermaid: Mermaid;

/** Mermaid's own parser; it asks for a browser's globals when it is loaded. */
beforeAll(async () => {
  const { window } = new JSDOM('');
  Object.assign(globalThis, { window, document: window.document });
  mermaid = ((await import('mermaid')) as unknown as { default: Mermaid }).default;
  mermaid.initialize({ startOnLoad: false });
});

async function read(schema: Schema) {
  const { text: drawn } = mermaidDiagram(tablesOf(schema));
  expect((await mermaid.parse(drawn)).diagramType).toMatch(/^er/);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(drawn);
  return { drawn, entities: [...db.getEntities().values()], relations: db.getRelationships() };
}

describe('mermaid, as its own parser reads it', () => {
  test('the reference application: 6 collections, 11 links', async () => {
    const { drawn, entities, relations } = await read(reference);
    expect(entities.map(({ alias }) => alias)).toEqual(reference.collections.map(({ name }) => name));
    expect(relations).toHaveLength(11);
    expect(drawn).toContain('c3 }o--o| c4 : "subscription (subscription_id)"');
    expect(entities[3]?.attributes.find(({ name }) => name === 'user_id')?.keys).toEqual(['FK']);
  });

  test('names that could be syntax, directives or markup are text', async () => {
    const { drawn, entities, relations } = await read(hostile);
    expect(entities).toHaveLength(3);
    expect(entities.find(({ alias }) => alias.includes('init'))?.attributes).toHaveLength(6);
    expect(relations.map(({ relSpec }) => [relSpec.cardA, relSpec.cardB])).toEqual([
      ['ONLY_ONE', 'ZERO_OR_ONE'],
      ['ZERO_OR_ONE', 'ZERO_OR_MORE'],
      ['ONLY_ONE', 'ZERO_OR_MORE'],
    ]);
    expect(drawn).not.toMatch(/%%|[<>`]|[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test.each([
    [60, 'all', true],
    [300, 'keys', true],
    [700, 'none', true],
    [900, 'none', false],
  ] as const)('%d collections are drawn with %s fields; below its limit: %s', (count, fields, fits) => {
    const one = (at: number): string =>
      `name_of_collection_${at}: { fields: { id: { type: string }, other: { type: string }, ${Array.from({ length: 9 }, (_, f) => `field_${f}: { type: string }`).join(', ')} }, links: { l: { field: other, references: name_of_collection_0.id } } }`;
    const many = schemaOf(`{ ${Array.from({ length: count }, (_, at) => one(at)).join(', ')} }`);
    const drawn = mermaidDiagram(tablesOf(many));
    expect([drawn.fields, drawn.fits]).toEqual([fields, fits]);
    expect(drawn.text.length < mermaid.mermaidAPI.getConfig().maxTextSize).toBe(fits);
    expect(drawn.text.includes('field_3')).toBe(fields === 'all');
    expect(drawn.text.includes('string other FK')).toBe(fields !== 'none');
  });
});

describe('dbml, as its own parser reads it', () => {
  const parsed = (schema: Schema) => new Parser().parse(dbmlText(tablesOf(schema)), 'dbmlv2').schemas[0]!;

  test('the reference application', () => {
    const { tables, refs } = parsed(reference);
    expect(tables.map(({ name }) => name)).toEqual(reference.collections.map(({ name }) => name));
    expect(refs).toHaveLength(11);
    const orders = tables.find(({ name }) => name === 'orders')!;
    expect(orders.indexes).toHaveLength(5);
    expect(orders.fields.find(({ name }) => name === 'id')!.not_null).toBe(true);
  });

  test('names that could be syntax come back as they are shown', () => {
    const { tables, refs } = parsed(hostile);
    expect(tables).toHaveLength(3);
    const [strange] = tables.filter(({ name }) => name.includes('init'));
    expect(strange!.name).toContain('%%{init}%% "x" [y] \'z\' ; a.b');
    expect(strange!.fields.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['_id', '2024', '2024.a-b', 'list', 'list.ref', 'end']),
    );
    expect(strange!.indexes).toHaveLength(1);
    expect(refs).toHaveLength(2);
  });
});
