import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Entry {
  id: number;
  number: number;
  body: string;
  title?: string;
  state?: string;
}

/** A forge of a test's own: what it holds, and what it was asked, as `POST issues/7/comments`. */
export interface Forge {
  readonly url: string;
  readonly comments: Entry[];
  readonly issues: Entry[];
  readonly asked: string[];
}

const bodyOf = async (request: IncomingMessage): Promise<Partial<Entry>> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Partial<Entry>);
};

/** The parts of GitHub's REST API that the action calls, with pages of 100; `refuse` answers 403 to whatever writes. */
export async function startForge(refuse = false): Promise<Forge> {
  const [comments, issues, asked]: [Entry[], Entry[], string[]] = [[], [], []];
  const answer = async (request: IncomingMessage): Promise<readonly [status: number, body: unknown]> => {
    const url = new URL(request.url ?? '', 'http://forge');
    const path = url.pathname.replace('/repos/team/shop/', '');
    const { method = '' } = request;
    asked.push(`${method} ${path}`);
    if (request.headers.authorization !== 'Bearer secret') return [401, {}];
    const given = await bodyOf(request);
    if (method === 'GET') {
      const all = path === 'issues' ? issues.filter(({ state }) => state === 'open') : comments;
      const [size, page] = [Number(url.searchParams.get('per_page')), Number(url.searchParams.get('page'))];
      return [200, all.slice((page - 1) * size, page * size)];
    }
    if (refuse) return [403, { message: 'Resource not accessible by integration' }];
    const list = path === 'issues' || /^issues\/\d+$/.test(path) ? issues : comments;
    if (method === 'POST') {
      const id = comments.length + issues.length + 1;
      list.push({ id, number: id, body: '', state: 'open', ...given });
      return [201, { id }];
    }
    const found = list.find(({ id }) => path.endsWith(`/${id}`));
    if (found === undefined) return [404, {}];
    Object.assign(found, given);
    return [200, found];
  };
  const server: Server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, comments, issues, asked };
}
