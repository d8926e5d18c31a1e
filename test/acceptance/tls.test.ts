import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultCacheDir } from '../../src/embedded/resolve.ts';
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/start.ts';
import { type Certificates, clientSubject, makeCertificates } from '../support/certificates.ts';
import { cli } from '../support/cli.ts';
import { schemaFile } from '../support/schema.ts';
import { must } from '../support/site.ts';

/** The driver's ways to a server that authenticates, over TLS with a certificate authority of one's own. */
const name = 'test_tls';
const password = 'throw-away-too';
const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-1'];
let certificates: Certificates;
let server: EmbeddedServer;

beforeAll(async () => {
  certificates = await makeCertificates();
  const { ca, server: own } = certificates;
  const args = [
    '--tlsMode',
    'preferTLS',
    '--tlsCAFile',
    ca,
    '--tlsCertificateKeyFile',
    own,
    '--tlsAllowConnectionsWithoutCertificates',
  ];
  const cacheDir = defaultCacheDir(process.env, homedir());
  server = await startEmbedded({ env: process.env, cacheDir, announce: () => undefined, auth: true, args });
  const client = await new MongoClient(server.uri).connect();
  await client.db('$external').command({
    createUser: clientSubject,
    roles: [
      { role: 'readWrite', db: name },
      { role: 'dbAdmin', db: name },
    ],
  });
  for (const mechanism of mechanisms) {
    const root = { createUser: mechanism, pwd: password, roles: ['root'], mechanisms: [mechanism] };
    await client.db('admin').command(root);
  }
  await client.db(name).createCollection('things');
  await client.close();
});
afterAll(async () => {
  await server.stop();
  await rm(certificates.folder, { recursive: true, force: true });
});

function uri(options: Readonly<Record<string, string>>, withPassword: boolean): string {
  const url = new URL(server.uri);
  url.pathname = `/${name}`;
  if (!withPassword) {
    [url.username, url.password] = ['', ''];
    url.searchParams.delete('authSource');
  }
  for (const [option, value] of Object.entries({ tls: 'true', ...options })) url.searchParams.set(option, value);
  return url.toString();
}

const schema = 'version: 1\ncollections: { things: { indexes: [ { key: { a: 1 } } ] } }\n';

const life = async (connection: string): Promise<void> => {
  const args = ['--schema', await schemaFile(schema)];
  await must(0, cli(name, ['apply', '--auto-approve', ...args], { uri: connection }));
  await must(0, cli(name, ['plan', '--detailed-exitcode', ...args], { uri: connection }));
  await must(0, cli(name, ['rollback', '--auto-approve'], { uri: connection }));
};

test.each(mechanisms)('%s over TLS with a CA file', async (authMechanism) => {
  const url = new URL(uri({ tlsCAFile: certificates.ca, authMechanism }, true));
  [url.username, url.password] = [authMechanism, password];
  await life(url.toString());
});

test('X.509: the client is who its certificate says', async () => {
  const { ca, client } = certificates;
  const x509 = { tlsCAFile: ca, tlsCertificateKeyFile: client, authMechanism: 'MONGODB-X509', authSource: '$external' };
  await life(uri(x509, false));
});

test.each([
  ['an authority that did not sign', () => ({ tlsCAFile: certificates.otherCa })],
  ['no authority', () => ({})],
])('%s: 69, the password is not sent and not shown', async (_, options) => {
  const { out, err } = await must(
    69,
    cli(name, ['plan', '--schema', await schemaFile(schema)], { uri: uri(options(), true) }),
  );
  expect(err).toContain('certificate');
  expect(out + err).not.toContain(new URL(server.uri).password);
});

test('a client certificate that is not there: 78, named, no stack', async () => {
  const options = { tlsCAFile: certificates.ca, tlsCertificateKeyFile: '/no/such/key.pem' };
  const { err } = await must(
    78,
    cli(name, ['plan', '--schema', await schemaFile(schema)], { uri: uri(options, true) }),
  );
  expect(err).toContain('/no/such/key.pem');
  expect(err).not.toMatch(/ {4}at |SCH900/);
});
