import type { Inputs } from './inputs.ts';

/** A comment or an issue, as the forge lists it. */
export interface Entry {
  readonly id: number;
  readonly number?: number;
  readonly body?: string | null;
}

type Method = 'GET' | 'POST' | 'PATCH';

/** One call of the forge's REST API. Throws for any answer but a success. */
async function call<T>({ api, repository, token }: Inputs, method: Method, path: string, body?: object): Promise<T> {
  const response = await fetch(`${api}/repos/${repository}/${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': 'schemactl-action',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`the forge answered ${response.status}`);
  return (await response.json()) as T;
}

const most = 100;

/** The entry that carries our mark, however many pages are before it. */
async function marked(inputs: Inputs, path: string, mark: string): Promise<Entry | null> {
  for (let page = 1; ; page++) {
    const entries = await call<readonly Entry[]>(inputs, 'GET', `${path}per_page=${most}&page=${page}`);
    const found = entries.find(({ body }) => body?.startsWith(mark) === true);
    if (found !== undefined || entries.length < most) return found ?? null;
  }
}

/** Writes the one comment on a pull request anew, in its place; makes it where something is worth telling. */
export async function keepComment(
  inputs: Inputs,
  pull: number,
  mark: string,
  text: string,
  isNews: boolean,
): Promise<void> {
  const found = await marked(inputs, `issues/${pull}/comments?`, mark);
  const body = { body: `${mark}\n${text}` };
  if (found !== null) await call(inputs, 'PATCH', `issues/comments/${found.id}`, body);
  else if (isNews) await call(inputs, 'POST', `issues/${pull}/comments`, body);
}

/** What a command found out; `unknown`: it could not judge, so nothing is opened and nothing is closed. */
export type Verdict = 'found' | 'sound' | 'unknown';

/** Keeps one issue: opened where something is found, written anew as long as it is, closed once it is not. */
export async function keepIssue(
  inputs: Inputs,
  title: string,
  mark: string,
  text: string,
  verdict: Verdict,
): Promise<void> {
  if (verdict === 'unknown') return;
  const found = await marked(inputs, 'issues?state=open&', mark);
  const body = `${mark}\n${text}`;
  if (found === null) {
    if (verdict === 'found') await call(inputs, 'POST', 'issues', { title, body });
    return;
  }
  const path = `issues/${found.number ?? found.id}`;
  if (verdict === 'found') {
    if (found.body !== body) await call(inputs, 'PATCH', path, { title, body });
    return;
  }
  await call(inputs, 'POST', `${path}/comments`, { body: text });
  await call(inputs, 'PATCH', path, { state: 'closed', state_reason: 'completed' });
}
