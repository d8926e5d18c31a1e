import { expect, test } from 'vitest';
import { schemaFile } from '../support/schema.ts';
import { must, ours, useSite } from '../support/site.ts';
import { mendShop } from '../support/sound-shop.ts';

const site = useSite('bad_input', { auth: true });

const things = (inside: string): string => `version: 1\ncollections:\n  things:\n    ${inside}\n`;
const good = `version: 1\nmilestones: { "001": One }\ncollections:\n  things: { indexes: [ { key: { a: 1 } } ] }\n`;

interface Bad {
  readonly what: string;
  readonly code: number;
  readonly args: readonly string[];
  /** What the message must say. */
  readonly says: readonly string[];
  readonly schema?: string;
  /** Instead of the file's server; PASSWORD in it must never be shown. */
  readonly uri?: string;
}

const apply = ['apply', '--auto-approve'];

const invalid: readonly Bad[] = [
  { what: 'YAML that ends too early', args: apply, schema: 'version: 1\ncollections: "', says: ['schema.yaml:2:14'] },
  {
    what: 'an unknown type',
    args: apply,
    schema: things('fields: { note: { type: strnig } }'),
    says: ['schema.yaml:4:29', '"strnig"', '^^^^^^ did you mean "string"?'],
  },
  {
    what: 'a conversion to nothing in particular',
    args: apply,
    schema: things('fields: { note: { type: any, convert: true } }'),
    says: ['schema.yaml:4:34', 'nothing is converted to any type', '^^^^^^^'],
  },
  {
    what: 'a rule of a validator that the server does not know',
    args: apply,
    schema: things('validator: { a: { $foo: 1 } }'),
    says: ['things.validator', '2 BadValue: unknown operator: $foo', 'Nothing was written'],
  },
  {
    what: 'the same beside documents, in a schema for the server',
    args: ['plan'],
    schema: things('validator: { $jsonSchema: { properties: { a: { pattern: "(" } } } }'),
    says: ['things.validator', '51091'],
  },
  {
    what: 'a stage of a view that the server does not know',
    args: apply,
    schema: things('options: { viewOn: other, pipeline: [ { $foo: 1 } ] }'),
    says: ['"things"', '40324'],
  },
  {
    what: 'a collection twice',
    args: apply,
    schema: 'version: 1\ncollections:\n  things: {}\n  things: {}\n',
    says: ['schema.yaml:4:3'],
  },
  {
    what: 'one of our own collections',
    args: apply,
    schema: 'version: 1\ncollections:\n  schemactl_runs: {}\n',
    says: ['schema.yaml:3:3', 'schemactl_runs'],
  },
  {
    what: 'a default that does not fit',
    args: apply,
    schema: things('fields: { n: { type: int, default: many } }'),
    says: ['schema.yaml:4:', 'many'],
  },
].map((row) => ({ ...row, code: 65 }));

const connecting: readonly Bad[] = [
  {
    what: 'an unreachable server',
    code: 69,
    args: apply,
    uri: 'mongodb://me:PASSWORD@127.0.0.1:1/shop',
    says: ['cannot be reached', 'ECONNREFUSED'],
  },
  { what: 'no MONGODB_URI', code: 78, args: apply, uri: '', says: ['MONGODB_URI is not set', '--url-env'] },
  {
    what: 'a variable that is not set',
    code: 78,
    args: ['plan', '--url-env', 'NO_SUCH_VARIABLE'],
    says: ['NO_SUCH_VARIABLE is not set'],
  },
  {
    what: 'a file that is not there',
    code: 78,
    args: ['plan', '--url-file', 'no/such/file'],
    says: ['"no/such/file"', '--url-file'],
  },
  ...[
    'mongodb://me:PASS/PASSWORD@127.0.0.1:1/shop',
    'mongodb//me:PASSWORD@127.0.0.1:1/shop',
    'mongodb://me:PASSWORD@127.0.0.1:99999/shop',
    'mongodb://me:PASSWORD%@127.0.0.1:1/shop',
    'mongodb+srv://me:PASSWORD@127.0.0.1:1/shop',
    'mongodb://me:PASSWORD@127.0.0.1:1/shop?nope=1',
    'mongodb://me:PASSWORD@127.0.0.1:1/shop?tls=maybe',
    'mongodb://me:PASSWORD@127.0.0.1:1/shop?authMechanism=PASSWORD',
    'PASSWORD',
  ].map((uri) => ({ what: `connection string ${uri}`, code: 78, args: ['status'], uri, says: ['cannot be read'] })),
];

const usage: readonly Bad[] = [
  { what: 'an unknown command', args: ['aply'], says: ["Unknown command 'aply'", 'Did you mean apply?'] },
  { what: 'an unknown flag', args: ['plan', '--chek-data', 'full'], says: ["Unknown option '--chek-data'"] },
  { what: 'a flag of another command', args: ['validate', '--auto-approve'], says: ["'--auto-approve'"] },
  { what: 'a flag without its value', args: ['history', '--db'], says: ['--db <name>'] },
  { what: 'an argument too many', args: ['status', 'now'], says: ['Too many arguments'] },
  { what: 'an argument too few', args: ['show'], says: ["Missing required argument 'plan'"] },
  { what: 'an unknown milestone', args: [...apply, '--milestone', '009'], says: ['"009"', 'declares: 001'] },
  { what: 'up to an unknown milestone', args: ['plan', '--through', '009'], says: ['"009"', 'declares: 001'] },
  {
    what: 'two ways to select',
    args: [...apply, '--milestone', '001', '--through', '001'],
    says: ['--milestone', '--through'],
  },
  { what: 'a duration without a unit', args: [...apply, '--step-timeout', '30'], says: ['--step-timeout', '"30"'] },
  { what: 'a duration of nothing', args: [...apply, '--lock-wait', 'soon'], says: ['--lock-wait', '"soon"'] },
  { what: 'a lease too short', args: [...apply, '--lock-lease', '10ms'], says: ['--lock-lease', '1s'] },
  { what: 'no such hazard', args: [...apply, '--allow', 'drop-everything'], says: ['"drop-everything"', 'drop-index'] },
  { what: 'no such format', args: ['plan', '--format', 'yaml'], says: ['"yaml"', 'text or json'] },
  { what: 'no such way to ask', args: [...apply, '--check-data', 'none'], says: ['--check-data', 'full or fast'] },
  { what: 'the database admin', args: [...apply, '--db', 'admin'], says: ['"admin" belongs to the server'] },
  { what: 'a name no database has', args: [...apply, '--db', 'a/b'], says: ['"a/b"'] },
  { what: 'a run that is not there', args: ['history', '9'], says: ['no run 9', 'schemactl history'] },
  { what: 'a run that is no number', args: ['history', 'last'], says: ['"last"'] },
  {
    what: 'two connection strings',
    args: ['plan', '--url-env', 'A', '--url-file', 'b'],
    says: ['--url-env', '--url-file'],
  },
].map((row) => ({ ...row, code: 64 }));

/** Commands that read the schema, so that each row says it only where it matters. */
const reads = (command: string | undefined): boolean => ['plan', 'apply', 'status'].includes(command ?? '');

/** Nothing of ours, nothing else either. */
async function untouched(before: string): Promise<void> {
  expect(await ours(site)).toEqual([]);
  expect(await site.hash()).toBe(before);
}

test.each([...invalid, ...connecting, ...usage])('$what: $code, one message', async (row) => {
  const { code, args, says, schema = good, uri } = row;
  await site.fresh();
  const before = await site.hash();
  const more = reads(args[0]) && args[1] !== 'now' ? ['--schema', await schemaFile(schema)] : [];
  const { out, err } = await must(code, site.run([...args, ...more], uri === undefined ? {} : { uri }));
  for (const words of says) expect(err).toContain(words);
  expect(err.match(/^error/gm)).toHaveLength(1);
  expect(out).toBe('');
  expect(err).not.toMatch(/ {4}at |SCH900|PASSWORD/);
  await untouched(before);
});

test.each([
  ['the missing schema', ['plan', '--schema', 'no/such/schema'], 'no schema at "no/such/schema"'],
  ['the default one', ['plan'], 'no schema at "schema/"'],
] as const)('no schema, %s: 65', async (_, args, says) => {
  await site.fresh();
  const { err } = await must(65, site.run(args, { cwd: '/' }));
  expect(err).toContain(says);
  expect(await ours(site)).toEqual([]);
});

test.each([['plan'], ['apply', '--auto-approve'], ['status'], ['history'], ['rollback', '--all'], ['unlock', 'x']])(
  'a wrong password, %s: 77, and nothing shows it',
  async (...args) => {
    const url = new URL(site.uri());
    url.password = 'WRONG';
    const more = reads(args[0]) ? ['--schema', await schemaFile(good)] : [];
    const { out, err } = await must(77, site.run([...args, ...more], { uri: url.toString() }));
    expect(err).toContain('refused the user name or password');
    expect(out + err).not.toMatch(/WRONG| {4}at /);
  },
);

test('a user who may only read: all that only reads works; apply and unlock are 77, and nothing is written', async () => {
  const db = await site.fresh();
  await db.collection('things').insertOne({ a: 1 });
  const roles = [{ role: 'read', db: site.name }];
  await db.command({ createUser: 'reader', pwd: 'PASSWORD', roles });
  try {
    const url = new URL(site.uri());
    [url.username, url.password] = ['reader', 'PASSWORD'];
    url.searchParams.set('authSource', site.name);
    const uri = url.toString();
    const schema = ['--schema', await schemaFile(good)];
    const before = await site.hash();
    await must(2, site.run(['plan', '--detailed-exitcode', '--check-data', 'full', ...schema], { uri }));
    await must(77, site.run([...apply, ...schema], { uri }));
    await untouched(before);
    await must(0, site.run([...apply, ...schema]));
    const { out } = await must(0, site.run(['status', ...schema], { uri }));
    expect(out).toContain('001');
    await must(0, site.run(['history', '1'], { uri }));
    await must(0, site.run(['diff', 'schema', 'live', ...schema], { uri }));
    await must(0, site.run(['snapshot'], { uri }));
    await must(0, site.run(['init', '--from-live', '--out', `${schema[1] ?? ''}-imported`], { uri }));
    await must(0, site.run(['rollback', '--plan-only'], { uri }));
    const applied = await site.hash();
    const { err } = await must(77, site.run(['rollback', '--auto-approve'], { uri }));
    expect(err).not.toMatch(/PASSWORD| {4}at /);
    expect(await site.hash()).toBe(applied);
  } finally {
    await db.command({ dropUser: 'reader' });
  }
});

test('a user who may only read can check: all rules of a shop, its indexes read for orphans', async () => {
  const db = await site.fresh();
  await mendShop(db);
  await db.collection('orders').createIndex({ id: 1 });
  await db.collection('delivery_statuses').createIndex({ order_id: 1 });
  await db.command({ createUser: 'checker', pwd: 'PASSWORD', roles: [{ role: 'read', db: site.name }] });
  try {
    const url = new URL(site.uri());
    [url.username, url.password] = ['checker', 'PASSWORD'];
    url.searchParams.set('authSource', site.name);
    await must(0, site.run(['check'], { uri: url.toString() }));
  } finally {
    await db.command({ dropUser: 'checker' });
  }
});

test('the password is nowhere in what a whole life prints, nor in the database', async () => {
  const url = new URL(site.uri());
  const secret = decodeURIComponent(url.password);
  expect(secret.length).toBeGreaterThan(3);
  await site.fresh();
  const schema = ['--schema', await schemaFile(good)];
  const ran = [];
  for (const args of [
    ['plan', ...schema],
    ['plan', '--format', 'json', ...schema],
    [...apply, ...schema, '--format', 'json'],
    ['history', '1', '--format', 'json'],
    ['status', ...schema, '--format', 'json'],
    ['rollback', '--auto-approve'],
  ])
    ran.push(await must(0, site.run(args)));
  ran.push(await site.run(['status', '--url', url.toString(), ...schema]));
  for (const { out, err } of ran) expect(out + err).not.toContain(`:${secret}@`);
  for (const name of await ours(site)) {
    const kept = await site.db().collection(name).find().toArray();
    expect(JSON.stringify(kept)).not.toContain(`:${secret}@`);
  }
});
