import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, test, expect } from 'vitest';
import { isDatabaseName } from '../../src/state/database-name.ts';
import { emptyFolder } from '../support/folder.ts';
import { here } from '../support/here.ts';

const secret = 'SECRETPW';

/** Connection strings as they are mistyped; each holds the password. */
const variants: readonly string[] = [
  `mongodb://me:${secret}@127.0.0.1:1/x`,
  `mongodb://me:a/${secret}@127.0.0.1:1/x`,
  `mongodb://me:a@${secret}@127.0.0.1:1/x`,
  `mongodb://me:two ${secret}@127.0.0.1:1/x`,
  `mongodb:/me:${secret}@h/x`,
  `mongodb:me:${secret}@h/x`,
  `mongodb//me:${secret}@h/x`,
  `mongodb/me:${secret}@h/x`,
  `mongo://me:${secret}@h/x`,
  `MONGODB://me:${secret}@h/x`,
  `MongoDB+SRV://me:${secret}@h.invalid/x`,
  `mongodb:// me:${secret}@h/x`,
  `mongodb ://me:${secret}@h/x`,
  `https://me:${secret}@h/x`,
  `//me:${secret}@h/x`,
  `me:${secret}@h`,
  `mongodb://h/x?tlsCertificateKeyFilePassword=${secret}`,
  `mongodb://h/x?authMechanismProperties=AWS_SESSION_TOKEN:${secret}`,
  `mongodb://h/x?tls=true&proxyPassword=${secret}`,
  `authMechanismProperties=SERVICE_NAME:x,AWS_SESSION_TOKEN:${secret}`,
  `proxyPassword=${secret}`,
];

/** Where one may stand by mistake. */
const places: Readonly<Record<string, (uri: string) => readonly string[]>> = {
  '--url-env': (uri) => ['plan', '--url-env', uri],
  '--url-file': (uri) => ['plan', '--url-file', uri],
  '--db': (uri) => ['plan', '--db', uri],
  '--schema': (uri) => ['plan', '--schema', uri],
  '--env': (uri) => ['plan', '--env', uri],
  '--only': (uri) => ['plan', '--only', uri],
  'the plan file': (uri) => ['apply', uri],
  'what is shown': (uri) => ['show', uri],
  'a code': (uri) => ['explain', uri],
  'an unknown command': (uri) => [uri],
  'an unknown flag': (uri) => ['plan', `--${uri}`],
  'a flag with a value of its own': (uri) => ['plan', '--step-timeout', uri],
};

async function folderWith(configuration: string): Promise<string> {
  const folder = await emptyFolder();
  await mkdir(join(folder, 'schema'));
  await writeFile(join(folder, 'schema', 'schema.yaml'), 'version: 1\ncollections: { things: {} }\n');
  await writeFile(join(folder, 'schemactl.config.yaml'), configuration);
  return folder;
}

const formats = [[], ['--format', 'json'], ['--format', 'github'], ['-v']];

test.each(Object.entries(places))('bad input 40: a connection string in the place of %s', async (_, args) => {
  const cwd = await folderWith('environments: { production: { db: x } }\n');
  for (const uri of variants) {
    // A database may be called so.
    if (args(uri).includes('--db') && isDatabaseName(uri)) continue;
    for (const format of formats) {
      const { code, out, err } = await here(inject('uri'), [...args(uri), ...format], { cwd });
      expect(code, uri).toBeGreaterThan(0);
      expect(out + err, uri).not.toBe('');
      expect(out + err, uri).not.toContain(secret);
    }
  }
});

const quoted = (uri: string): string => `'${uri}'`;

/** Files in which something is wrong near the connection string, so that its line is shown. */
test.each([
  ['a misspelt key before it', (uri: string) => `environments:\n  production: { ulr: x, url: ${quoted(uri)} }\n`],
  ['a misspelt key after it', (uri: string) => `environments:\n  production: { url: ${quoted(uri)}, ulr: x }\n`],
  ['a misspelt key below it', (uri: string) => `environments:\n  production:\n    url: ${quoted(uri)}\n    bd: x\n`],
  ['a misspelt key of it', (uri: string) => `environments:\n  production:\n    ulr: ${quoted(uri)}\n`],
  ['no quotes', (uri: string) => `environments:\n  production:\n    url: ${uri}\n    bd: x\n`],
  ['a block', (uri: string) => `environments:\n  production:\n    url: >-\n      ${uri}\n    bd: x\n`],
  ['the next line', (uri: string) => `environments:\n  production:\n    url:\n      ${quoted(uri)}\n    bd: x\n`],
  ['a key in quotes', (uri: string) => `{"environments": {"production": {"url": ${JSON.stringify(uri)}, "bd": 1}}}`],
  ['no YAML', (uri: string) => `environments:\n  production:\n    url: ${quoted(uri)}\n   bd: x\n`],
  ['a quote that does not end', (uri: string) => `environments:\n  production:\n    url: '${uri}\n    bd: x\n`],
  ['a variable that is not set', (uri: string) => `environments:\n  production:\n    url: '\${NOT_SET}${uri}'\n`],
])('bad input 40: a configuration file with a connection string and %s: 78', async (_, configuration) => {
  // Without any sign of what it is, a password is known by its key alone.
  for (const uri of configuration('').includes('url') ? [...variants, secret] : variants) {
    const cwd = await folderWith(configuration(uri));
    for (const format of formats) {
      const { code, out, err } = await here(inject('uri'), ['plan', '--env', 'production', ...format], { cwd });
      expect(code, out + err).toBe(78);
      expect(out + err, uri).toContain('schemactl.config.yaml');
      expect(out + err, uri).not.toContain(secret);
    }
  }
});

test('what is no connection string is shown as it is', async () => {
  const cwd = await folderWith('environments:\n  production: { url: "${SHOP_URI}", ulr: x }\n');
  const { err } = await here('', ['plan', '--env', 'production'], { cwd });
  expect(err).toContain('production: { url: "${SHOP_URI}", ulr: x }');
  const example = await here('nonsense', ['plan'], { cwd });
  expect(example.err).toContain('mongodb://user:password@host:27017/database');
});
