import { build } from 'esbuild';

/** The action's entry in one file, as runners load it: nothing is installed for an action. `write: false` answers the text. */
export async function bundle(write = true) {
  const { outputFiles } = await build({
    absWorkingDir: new URL('..', import.meta.url).pathname,
    entryPoints: ['action/main.ts'],
    outfile: 'action/index.cjs',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write,
    banner: { js: '// Made from action/*.ts by: npm run action' },
  });
  return outputFiles?.[0]?.text ?? '';
}

if (process.argv[1]?.endsWith('bundle-action.js')) await bundle();
