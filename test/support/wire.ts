import { connect } from 'node:net';
import { BSON } from 'mongodb';

/** BSON as no driver writes it. */

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** A BSON string from its bytes, whatever they are. */
export const text = (bytes: string | Buffer): Buffer => {
  const content = Buffer.from(bytes as string);
  return Buffer.concat([int32(content.length + 1), content, Buffer.from([0])]);
};

export const element = (type: number, name: string, content: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), content]);

export const int = (name: string, value: number): Buffer => element(0x10, name, int32(value));

/** A document of elements: names may repeat. */
export const document = (...elements: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(elements);
  return Buffer.concat([int32(body.length + 5), body, Buffer.from([0])]);
};

/** Inserts documents as the bytes that they are, by a message of its own (OP_MSG). Throws where the server refuses them. */
export async function insertBytes(uri: string, collection: string, documents: readonly Buffer[]): Promise<void> {
  const { host, port, db } = /\/\/(?<host>[^:/]+):(?<port>\d+)\/(?<db>[^?]*)/.exec(uri)?.groups ?? {};
  const sequence = Buffer.concat([Buffer.from('documents\0'), ...documents]);
  const body = Buffer.concat([
    ...[int32(0), Buffer.from([0]), BSON.serialize({ insert: collection, $db: db })],
    ...[Buffer.from([1]), int32(sequence.length + 4), sequence],
  ]);
  const message = Buffer.concat([int32(body.length + 16), int32(1), int32(0), int32(2013), body]);
  const socket = connect(Number(port), host);
  try {
    const reply = await new Promise<Buffer>((resolve, reject) => {
      let got = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('data', (part) => {
        got = Buffer.concat([got, part]);
        if (got.length >= 4 && got.length >= got.readInt32LE(0)) resolve(got);
      });
      socket.write(message);
    });
    const { ok, writeErrors } = BSON.deserialize(reply.subarray(21));
    if (ok !== 1 || writeErrors !== undefined) throw new Error('the server took no such bytes');
  } finally {
    socket.destroy();
  }
}
