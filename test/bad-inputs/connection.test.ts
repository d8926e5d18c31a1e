import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { calm, failCommand } from '../support/faults.ts';
import { emptyFolder } from '../support/folder.ts';
import { schemaFile } from '../support/schema.ts';
import { indexesOf, must, ours, useSite } from '../support/site.ts';

/** Connection strings and configuration files. */
const site = useSite('bad_inputs_connection', { auth: true });

const schema = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }\n';
const secret = 'hunter2-PASSWORD';

afterEach(() => calm(site.client()));

const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await emptyFolder();
  await mkdir(join(folder, 'schema'));
  await writeFile(join(folder, 'schema', 'schema.yaml'), schema);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
};

test.each([
  `mongodb://me:a/${secret}@127.0.0.1:1/shop`,
  `mongodb//me:${secret}@127.0.0.1:1/shop`,
  `mongodb://me:${secret}%@127.0.0.1:1/shop`,
  `mongodb://me:${secret}@127.0.0.1:1/shop?nope=${secret}`,
  `mongodb+srv://me:${secret}@127.0.0.1:1/shop`,
  secret,
])('bad input 40: malformed URI holding a password: 78, redacted', async (uri) => {
  for (const format of ['text', 'json']) {
    const { out, err } = await must(78, site.run(['plan', '--format', format], { uri, cwd: await folderWith({}) }));
    expect(out + err).toContain('cannot be read');
    expect(out + err).not.toContain(secret);
  }
});

test.each([
  ['--url-env', (uri: string) => ['plan', '--url-env', uri]],
  ['--url-file', (uri: string) => ['plan', '--url-file', uri]],
  ['--db', (uri: string) => ['plan', '--db', uri]],
  ['the plan file', (uri: string) => ['apply', uri]],
  ['the schema', (uri: string) => ['plan', '--schema', uri]],
  ['an unknown command', (uri: string) => [uri]],
  ['--only', (uri: string) => ['plan', '--only', uri]],
  ['unlock', (uri: string) => ['unlock', uri]],
] as const)('bad input 40: a URI in the place of %s: its password is not repeated', async (_, args) => {
  const cwd = await folderWith({});
  for (const format of [[], ['--format', 'json']]) {
    const { out, err } = await site.run([...args(`mongodb://me:${secret}@127.0.0.1:1/shop`), ...format], { cwd });
    expect(out + err).not.toContain(secret);
  }
});

test.each([
  ['', 'is empty'],
  ['a/b', 'cannot be the name of a database'],
  ['n'.repeat(64), 'cannot be the name of a database'],
  ['admin', 'belongs to the server'],
])('bad input 25: the database name "%s": 64, and what to do', async (name, says) => {
  const { err } = await must(64, site.run(['plan', '--db', name], { cwd: await folderWith({}) }));
  expect(err).toContain(says);
  expect(err).toMatch(/^Next: .*--db NAME/m);
});

test('a name that does not resolve (mongodb+srv): 69', async () => {
  const uri = `mongodb+srv://me:${secret}@no-such-host.invalid/shop`;
  const { out, err } = await must(69, site.run(['plan'], { uri, cwd: await folderWith({}) }));
  expect(out + err).not.toContain(secret);
});

describe('bad input 41: no client object, URI or password reaches any output', () => {
  test.each([
    { what: 'a wrong password', fault: null, uri: (url: URL) => (url.password = secret) },
    {
      what: 'a closed connection',
      fault: { failCommands: ['buildInfo'], closeConnection: true },
      uri: () => undefined,
    },
    { what: 'an unknown error', fault: { failCommands: ['buildInfo'], errorCode: 8 }, uri: () => undefined },
    { what: 'an unreachable server', fault: null, uri: (url: URL) => (url.port = '1') },
  ])('$what', async ({ fault, uri }) => {
    await site.fresh();
    if (fault !== null) await failCommand(site.client(), fault, 'alwaysOn');
    const url = new URL(site.uri());
    const password = url.password;
    uri(url);
    const env = { NODE_OPTIONS: '--trace-uncaught --trace-warnings', DEBUG: '*' };
    const ran = await site.run(['apply', '--auto-approve', '--schema', await schemaFile(schema)], {
      uri: url.toString(),
      env,
    });
    expect([1, 69, 77]).toContain(ran.code);
    expect(ran.out + ran.err).not.toContain(secret);
    expect(ran.out + ran.err).not.toContain(password);
  });
});

test('bad input 42: URI on the command line works, and warns without repeating it', async () => {
  await site.fresh();
  const { out, err } = await must(
    0,
    site.run(['plan', '--url', site.uri(), '--schema', await schemaFile(schema)], { uri: '' }),
  );
  expect(err).toContain('warning: --url shows the connection string');
  expect(out + err).not.toContain(new URL(site.uri()).password);
});

describe('bad input 43: a URI that weakens what is promised', () => {
  test.each([
    'w=0',
    'w=1',
    'journal=false',
    'readPreference=secondary',
    'readPreference=secondary&maxStalenessSeconds=120',
    'retryWrites=false',
    'readConcernLevel=available',
  ])('%s is overridden: every write is acknowledged by a majority', async (option) => {
    const db = await site.fresh();
    const uri = `${site.uri()}&${option}`;
    const profiled = async (level: number): Promise<void> => {
      await db.command({ profile: level });
    };
    await profiled(2);
    await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(schema)], { uri }));
    await profiled(0);
    expect(await indexesOf(db, 'things')).toEqual(['a_1']);
    const writes = await db
      .collection('system.profile')
      .find({
        appName: 'schemactl',
        op: { $in: ['insert', 'update', 'remove', 'command'] },
        'command.writeConcern': { $exists: true },
      })
      .toArray();
    expect(writes.length).toBeGreaterThan(5);
    for (const { command } of writes as unknown as { command: { writeConcern: object } }[])
      expect(command.writeConcern).toMatchObject({ w: 'majority', j: true });
  });

  test.each(['tlsInsecure=true', 'tlsAllowInvalidCertificates=true', 'tls=true&tlsAllowInvalidHostnames=true'])(
    '%s is refused by what changes a database: 78',
    async (option) => {
      await site.fresh();
      const uri = `${site.uri()}&${option}`;
      for (const args of [
        ['apply', '--auto-approve', '--schema', await schemaFile(schema)],
        ['rollback', '--auto-approve'],
        ['resume', '--auto-approve'],
        ['unlock', 'x'],
      ]) {
        const { err } = await must(78, site.run(args, { uri }));
        expect(err).toContain('tlsCAFile');
      }
      expect(await ours(site)).toEqual([]);
    },
  );
});

const configured = (inside: string): Readonly<Record<string, string>> => ({
  'schemactl.config.yaml': `environments:\n  production: { ${inside} }\n  staging: { db: test_bad_inputs_connection }\n`,
});

describe('bad input 44: ${VAR} in the configuration', () => {
  test.each([
    ['not set', {}],
    ['empty', { SHOP_URI: '' }],
  ])('%s: 78, never empty', async (_, env) => {
    const cwd = await folderWith(configured('url: "${SHOP_URI}"'));
    const { err } = await must(
      78,
      site.run(['plan', '--env', 'production'], { cwd, env: { MONGODB_URI: '', ...env } }),
    );
    expect(err).toContain('schemactl.config.yaml:2:22');
    expect(err).toContain('SHOP_URI is not set');
  });

  test('set, it is the connection; only the chosen environment needs its variables', async () => {
    await site.fresh();
    const cwd = await folderWith(configured('url: "${SHOP_URI}"'));
    const env = { MONGODB_URI: '', SHOP_URI: site.uri() };
    const { out } = await must(0, site.run(['plan', '--env', 'production'], { cwd, env }));
    expect(out).toContain(`schemactl plan --env production --out plan.json`);
    await must(0, site.run(['plan', '--env', 'staging'], { cwd }));
  });

  test('in a schema file it is text like any other', async () => {
    const db = await site.fresh();
    await db.collection('things').insertOne({ a: 1 });
    const literal = 'version: 1\ncollections: { things: { fields: { f: { type: string, default: "${HOME}" } } } }\n';
    await must(0, site.run(['apply', '--auto-approve', '--schema', await schemaFile(literal)]));
    expect(await db.collection('things').findOne({})).toMatchObject({ f: '${HOME}' });
  });

  test.each([
    ['an environment that is not declared', 'url: x', ['--env', 'prodution'], 'did you mean "production"?'],
    ['an unknown key', 'ulr: x', ['--env', 'production'], 'did you mean "url"?'],
    ['a hazard that is none', 'forbid: [ drop-indx ]', ['--env', 'production'], 'There is no hazard "drop-indx"'],
    [
      'a state database that cannot be one',
      'stateDatabase: admin',
      ['--env', 'production'],
      'cannot be a state database',
    ],
    ['no such file', '', ['--env', 'production', '--config', 'nowhere.yaml'], '"nowhere.yaml" cannot be read'],
  ])('%s: 78', async (_, inside, flags, says) => {
    const cwd = await folderWith(configured(inside));
    const { out, err } = await must(78, site.run(['plan', ...flags], { cwd }));
    expect(err).toContain(says);
    expect(out).toBe('');
  });

  test('--config alone is 64', async () => {
    const cwd = await folderWith(configured(''));
    await must(64, site.run(['plan', '--config', 'schemactl.config.yaml'], { cwd }));
  });
});

describe('policy of an environment', () => {
  const dropping = 'version: 1\ncollections: { things: {} }\n';

  test('forbid: a hazard is refused (20) though it is allowed, in plan, apply and rollback', async () => {
    const db = await site.fresh();
    const cwd = await folderWith(configured('forbid: [ "drop-index@things.**", drop-collection ]'));
    await must(0, site.run(['apply', '--auto-approve', '--env', 'production'], { cwd }));
    await writeFile(join(cwd, 'schema', 'schema.yaml'), dropping);
    const allow = ['--allow', 'drop-index', '--env', 'production'];
    const { out } = await must(20, site.run(['plan', '--detailed-exitcode', ...allow], { cwd }));
    expect(out).toContain('Forbidden in production, whatever is allowed: drop-index@things.indexes.a_1');
    const { err } = await must(20, site.run(['apply', '--auto-approve', ...allow], { cwd }));
    expect(err).toContain('forbids this here');
    await must(0, site.run(['plan', '--allow', 'drop-index', '--out', 'plan.json'], { cwd }));
    await must(20, site.run(['apply', 'plan.json', '--env', 'production'], { cwd }));
    expect(await indexesOf(db, 'things')).toEqual(['a_1']);
    await must(0, site.run(['apply', 'plan.json', '--env', 'staging'], { cwd }));
    expect(await indexesOf(db, 'things')).toEqual([]);
  });

  test('ignore: not reported as unmanaged, as long as it says', async () => {
    const db = await site.fresh();
    await db.createCollection('sessions');
    await db.createCollection('tmp_old');
    const ignore =
      'ignore: [ { address: sessions, reason: of the cache }, { address: "tmp_*", reason: x, until: 2020-01-01 } ]';
    const cwd = await folderWith(configured(ignore));
    const { out } = await must(0, site.run(['plan', '--env', 'production', '--format', 'json'], { cwd }));
    expect((JSON.parse(out) as { unmanaged: string[] }).unmanaged).toEqual(['other', 'tmp_old']);
  });
});
