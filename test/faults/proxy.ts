import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** What becomes of one reply that the server has sent: lost with its connection, half of it, or seconds late. */
export type Damage = 'drop' | 'cut' | 'delay';

export interface Proxy {
  readonly port: number;
  /** Replies so far to the client's own commands; hello and the like do not count. */
  readonly replies: () => number;
  /** Does this to the n-th such reply from now on, once. */
  readonly damage: (n: number, how: Damage, command?: string) => void;
  /** Whether it was done. */
  readonly done: () => boolean;
  readonly close: () => Promise<void>;
}

/** The driver's own upkeep: of connections, not of databases. */
const upkeep = /^(?:hello|ismaster|isMaster|saslStart|saslContinue|endSessions|ping)$/;
const delayMs = 1500;

/** Splits a stream into wire messages: each begins with its length (little endian). */
function framer(each: (message: Buffer) => void): (chunk: Buffer) => void {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= held.readInt32LE(0)) {
      const length = held.readInt32LE(0);
      each(held.subarray(0, length));
      held = held.subarray(length);
    }
  };
}

/** The first name of an OP_MSG's body, which is the command; empty for other messages. */
function commandOf(message: Buffer): string {
  const body = 16 + 4 + 1;
  if (message.readInt32LE(12) !== 2013 || message[body - 1] !== 0) return '';
  const start = body + 5;
  return message.toString('utf8', start, message.indexOf(0, start));
}

/** A server on 127.0.0.1 that passes everything on to another, and damages a reply when told to. */
export async function startProxy(to: { readonly host: string; readonly port: number }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let replies = 0;
  let wanted: { at: number; how: Damage; command: string | undefined } | null = null;
  const damaged = (command: string): Damage | null => {
    replies += 1;
    if (wanted === null || (wanted.command !== undefined && wanted.command !== command)) return null;
    wanted.at -= 1;
    if (wanted.at > 0) return null;
    const { how } = wanted;
    wanted = null;
    return how;
  };
  const server: Server = createServer((client) => {
    const upstream = connect(to.port, to.host);
    const commands = new Map<number, string>();
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    const fromClient = framer((message) => {
      const command = commandOf(message);
      if (!upkeep.test(command) && command !== '') commands.set(message.readInt32LE(4), command);
      upstream.write(message);
    });
    const fromServer = framer((message) => {
      const command = commands.get(message.readInt32LE(8));
      const how = command === undefined ? null : damaged(command);
      if (how === 'drop') end();
      else if (how === 'cut') client.write(message.subarray(0, message.length >> 1), end);
      else if (how === 'delay') setTimeout(() => client.write(message), delayMs);
      else client.write(message);
    });
    client.on('data', fromClient);
    upstream.on('data', fromServer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    replies: () => replies,
    damage: (n, how, command) => {
      wanted = { at: n, how, command };
    },
    done: () => wanted === null,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
