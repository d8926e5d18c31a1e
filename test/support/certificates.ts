import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly otherCa: string;
  /** Key and certificate of 127.0.0.1. */
  readonly server: string;
  /** Key and certificate of the subject below. */
  readonly client: string;
  readonly folder: string;
}

/** As the server names the user of the client's certificate (RFC 2253). */
export const clientSubject = 'CN=deploy,OU=clients,O=schemactl-test';

const openssl = (folder: string, ...args: readonly string[]): Promise<unknown> =>
  promisify(execFile)('openssl', [...args], { cwd: folder });

async function authority(folder: string, name: string): Promise<string> {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  await openssl(
    folder,
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    ...files,
  );
  return join(folder, `${name}.pem`);
}

async function signed(folder: string, name: string, subject: string, extension: string): Promise<string> {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
  await openssl(folder, 'req', '-newkey', 'rsa:2048', '-nodes', '-subj', subject, ...files);
  await writeFile(join(folder, `${name}.ext`), extension);
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  await openssl(folder, 'x509', '-req', '-in', `${name}.csr`, ...by, '-extfile', `${name}.ext`, '-out', `${name}.crt`);
  const parts = await Promise.all(['key', 'crt'].map((kind) => readFile(join(folder, `${name}.${kind}`), 'utf8')));
  await writeFile(join(folder, `${name}.pem`), parts.join(''), { mode: 0o600 });
  return join(folder, `${name}.pem`);
}

/** A certificate authority of the test's own, what it signed, and another that signed nothing. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'schemactl-test-'));
  const ca = await authority(folder, 'ca');
  const otherCa = await authority(folder, 'other');
  const server = await signed(
    folder,
    'server',
    '/O=schemactl-test/OU=servers/CN=127.0.0.1',
    'subjectAltName=IP:127.0.0.1\n',
  );
  const client = await signed(
    folder,
    'client',
    '/O=schemactl-test/OU=clients/CN=deploy',
    'extendedKeyUsage=clientAuth\n',
  );
  return { ca, otherCa, server, client, folder };
}
