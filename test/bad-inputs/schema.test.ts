import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { cli } from '../support/cli.ts';
import { must } from '../support/site.ts';

/** Bad inputs that are schema files: refused before anything is connected to. */
interface Bad {
  readonly n: number;
  readonly what: string;
  /** The file, or several by name. */
  readonly schema: string | Uint8Array | Readonly<Record<string, string>>;
  readonly says: readonly string[];
}

const file = (collections: string): string => `version: 1\ncollections: ${collections}\n`;
const things = (inside: string): string => file(`{ things: { ${inside} } }`);
const field = (rules: string): string => things(`fields: { f: { ${rules} } }`);
const index = (options: string): string => things(`indexes: [ { ${options} } ]`);

const long = 'a'.repeat(40_000);

const bomb = (levels: number): string => {
  const tenfold = (at: number): string =>
    `  c${at}: &a${at} [${Array(10)
      .fill(`*a${at - 1}`)
      .join(', ')}]`;
  return `version: 1\ncollections:\n  c0: &a0 [x]\n${Array.from({ length: levels }, (_, at) => tenfold(at + 1)).join('\n')}\n`;
};
const link = (from: string, to: string): string =>
  file(
    `{ o: { fields: { a: { type: ${from} } }, links: { l: { field: a, references: t.id } } }, t: { fields: { id: { type: ${to} } } } }`,
  );

const rows: readonly Bad[] = [
  { n: 1, what: 'alias bomb', schema: bomb(30), says: ['schema.yaml:8:', 'aliases expand to more than 100000 values'] },
  {
    n: 2,
    what: 'circular alias',
    schema: file('&x { c: *x }'),
    says: ['schema.yaml:2:', 'the alias *x contains itself'],
  },
  {
    n: 3,
    what: 'duplicate key',
    schema: 'version: 1\ncollections:\n  c: {}\n  c: {}\n',
    says: ['schema.yaml:4:3', 'first at schema.yaml:3', 'keep one'],
  },
  ...['__proto__', 'constructor', 'prototype'].map((key) => ({
    n: 4,
    what: `the key ${key}`,
    schema: things(`fields: { ${key}: { type: int } }`),
    says: ['schema.yaml:2:', `"${key}" cannot be a name`],
  })),
  {
    n: 5,
    what: 'merge key <<',
    schema: file('{ a: &a {}, b: { <<: *a } }'),
    says: ['merge keys (<<) are not supported'],
  },
  { n: 6, what: 'yes where a boolean is expected', schema: field('type: bool, default: yes'), says: ['write true'] },
  { n: 6, what: 'NO where a boolean is expected', schema: field('type: bool, default: NO'), says: ['write false'] },
  { n: 6, what: 'on as an option', schema: index('key: { a: 1 }, unique: on'), says: ['write true'] },
  {
    n: 7,
    what: '1.20 where text is expected',
    schema: field('type: string, default: 1.20'),
    says: ['quote it if text is meant: "1.20"'],
  },
  { n: 8, what: '0777', schema: field('type: int, default: 0777'), says: ['0777 is ambiguous'] },
  ...['int', 'double'].map((type) => ({
    n: 9,
    what: `9007199254740993 of the type ${type}`,
    schema: field(`type: ${type}, default: 9007199254740993`),
    says: [`must be ${type}, and 9007199254740993 is not`, 'wider type'],
  })),
  { n: 10, what: '1e400', schema: field('type: double, default: 1e400'), says: ['1e400 is too large for a double'] },
  ...['.nan', '.inf', '-.inf'].map((value) => ({
    n: 11,
    what: `the default ${value}`,
    schema: field(`type: double, default: ${value}`),
    says: [`${value} is not a number that can be declared`],
  })),
  {
    n: 14,
    what: 'unknown tag',
    schema: file('{ c: { description: !!js/function "x" } }'),
    says: ['js/function is not supported'],
  },
  {
    n: 15,
    what: '!!binary',
    schema: field('type: string, default: !!binary aGk='),
    says: ['binary is not supported', '$binary'],
  },
  {
    n: 16,
    what: 'several documents',
    schema: `${file('{}')}---\n${file('{}')}`,
    says: ['a second YAML document begins here'],
  },
  { n: 17, what: 'empty file', schema: '', says: ['schema.yaml:1:1', 'the file is empty'] },
  { n: 17, what: 'scalar file', schema: 'hello\n', says: ['schema.yaml:1:1', 'not a map of declarations'] },
  {
    n: 18,
    what: 'tab indentation',
    schema: 'version: 1\ncollections:\n\tc: {}\n',
    says: ['schema.yaml:3:1', 'indent with spaces'],
  },
  { n: 20, what: 'invalid UTF-8', schema: Buffer.from([0x76, 0xff, 0xfe]), says: ['not UTF-8'] },
  { n: 20, what: 'lone surrogate', schema: file('{ c: { description: "a\\ud800" } }'), says: ['a lone surrogate'] },
  { n: 21, what: 'nesting 50,000 deep', schema: `a: ${'['.repeat(50_000)}`, says: ['nested deeper than 100 levels'] },
  { n: 22, what: 'huge file', schema: `version: 1\n${'#'.repeat(33 * 1024 * 1024)}`, says: ['larger than 32 MiB'] },
  {
    n: 22,
    what: 'huge map, in linear time',
    schema: things(`fields: { ${Array.from({ length: 60_000 }, (_, at) => `f${at}: {}`).join(', ')}, f0: {} }`),
    says: ['"f0" is written twice'],
  },
  ...['2024', '~', 'true', '? [a]'].map((key) => ({
    n: 23,
    what: `the key ${key}`,
    schema: file(`{ ${key} : {} }`),
    says: [' text'],
  })),
  {
    n: 24,
    what: 'unknown option',
    schema: index('key: { a: 1 }, unqiue: true'),
    says: ['"unqiue"', 'did you mean "unique"?'],
  },
  ...[
    ['empty', '""', 'needs a name'],
    ['with NUL', '"a\\0b"', 'cannot be a name'],
    ['with $', 'a$b', 'holds $'],
    ['of the server', 'system.users', "one of MongoDB's own"],
    ['over-long', 'n'.repeat(201), 'longer than 200 bytes'],
  ].map(([what, name, says]) => ({
    n: 25,
    what: `collection name ${what}`,
    schema: file(`{ ${name}: {} }`),
    says: [says!],
  })),
  ...[
    ['$x', 'has the step "$x"'],
    ['a..b', 'has an empty step'],
    ['a.', 'has an empty step'],
  ].map(([path, says]) => ({ n: 27, what: `field path ${path}`, schema: index(`key: { ${path}: 1 }`), says: [says!] })),
  ...['$where: "1"', '$expr: { $function: { body: "", args: [], lang: js } }'].map((filter) => ({
    n: 29,
    what: `filter with ${filter.split(':')[0]}`,
    schema: index(`key: { a: 1 }, partialFilterExpression: { ${filter} }`),
    says: ['runs JavaScript'],
  })),
  {
    n: 30,
    what: 'over-long regular expression',
    schema: field(`type: string, pattern: "${long}"`),
    says: ['the pattern is longer than'],
  },
  ...[
    `validator: { f: { $regex: "${long}" } }`,
    `validator: { f: { $not: { $regularExpression: { pattern: "${long}", options: "" } } } }`,
    `validator: { $jsonSchema: { properties: { f: { pattern: "${long}" } } } }`,
    `validator: { $expr: { $regexMatch: { input: "$f", regex: "${long}" } } }`,
    `options: { viewOn: b, pipeline: [ { $match: { f: { $regex: "${long}" } } } ] }`,
  ].map((body) => ({
    n: 30,
    what: `over-long regular expression in ${body.split('"')[0]}`,
    schema: things(body),
    says: ['the pattern is longer than 32761 characters'],
  })),
  {
    n: 31,
    what: 'same collection in two files',
    schema: { 'a.yaml': file('{ c: {} }'), 'b.yaml': file('{ c: {} }') },
    says: ['b.yaml:2:', 'declared twice (first at', 'a.yaml:2)'],
  },
  {
    n: 32,
    what: 'link to an undeclared target',
    schema: file('{ o: { fields: { a: {} }, links: { l: { field: a, references: x.id } } } }'),
    says: ['o.links.l references x.id', 'no collection "x" is declared'],
  },
  {
    n: 34,
    what: 'link key types differ',
    schema: link('string', 'objectId'),
    says: ['o.a is string, and t.id is objectId'],
  },
  {
    n: 39,
    what: 'include outside the project',
    schema: `include: ../../../etc/passwd\n${file('{}')}`,
    says: ['schema.yaml:1:1', '"include" is not a key of a schema file'],
  },
];

let connections = 0;
const listener = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
beforeAll(async () => {
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
});
afterAll(() => listener.close());

async function written(schema: Bad['schema']): Promise<string> {
  const folder = await emptyFolder();
  const files = typeof schema === 'string' || schema instanceof Uint8Array ? { 'schema.yaml': schema } : schema;
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

test.each(rows)('bad input $n: $what: 65 before connecting', async ({ schema, says }) => {
  const cwd = await written(schema);
  const { port } = listener.address() as AddressInfo;
  const uri = `mongodb://127.0.0.1:${port}/shop`;
  const { out, err } = await must(65, cli('shop', ['apply', '--auto-approve', '--schema', '.'], { cwd, uri }));
  for (const words of says) expect(err).toContain(words);
  // What, where, and what to do: behind the mark, or as the next command.
  expect(err).toMatch(/ --> \S|"schema\.yaml"/);
  expect(err).toMatch(/\^ \S|^Next: \S/m);
  expect(out).toBe('');
  expect(err).not.toMatch(/ {4}at |SCH900/);
  expect(err.length).toBeLessThan(20_000);
  expect(connections).toBe(0);
});
