import { inputsOf } from './inputs.ts';
import { run } from './run.ts';

run(inputsOf(process.env)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.log(`::error::schemactl action: ${error instanceof Error ? error.message : 'unknown'}`);
    process.exitCode = 1;
  },
);
