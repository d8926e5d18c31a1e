import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Workflows from '@actions/workflow-parser';
import type * as Actions from '@actions/workflow-parser/actions/action-parser';
import { build } from 'esbuild';
import { emptyFolder } from '../support/folder.ts';

const contents = `
export { parseWorkflow, NoOperationTraceWriter } from '@actions/workflow-parser';
export { parseAction } from '@actions/workflow-parser/actions/action-parser';
`;

/** The forge's own parser of workflows and actions; bundled, as it imports JSON in a way that Node does not take. */
export async function loadParser() {
  const resolveDir = fileURLToPath(new URL('../..', import.meta.url));
  const options = { bundle: true, platform: 'node', format: 'cjs', write: false } as const;
  const { outputFiles } = await build({ stdin: { contents, resolveDir }, ...options });
  const file = join(await emptyFolder(), 'parser.cjs');
  await writeFile(file, outputFiles[0]!.text);
  const parser = createRequire(import.meta.url)(file) as Pick<
    typeof Workflows,
    'parseWorkflow' | 'NoOperationTraceWriter'
  > &
    Pick<typeof Actions, 'parseAction'>;
  const trace = new parser.NoOperationTraceWriter();
  const errorsOf = ({ context }: ReturnType<typeof parser.parseWorkflow>): readonly string[] =>
    context.errors.getErrors().map(String);
  return {
    workflow: (name: string, content: string) => errorsOf(parser.parseWorkflow({ name, content }, trace)),
    action: (name: string, content: string) => errorsOf(parser.parseAction({ name, content }, trace)),
  };
}
