import { loadAjv } from './libraries.ts';
import { languageSchema } from './language.ts';

let compiled: ((json: unknown) => boolean) | undefined;

/**
 * Whether plain JSON has the shape of the language; `checkShape` says what is wrong.
 * `npm run build` puts the function that ajv makes of the language in the place of this module (`scripts/precompile.js`).
 */
export function isSound(json: unknown): boolean {
  const { Ajv } = loadAjv();
  compiled ??= new Ajv({ allowUnionTypes: true, logger: false }).compile(languageSchema);
  return compiled(json);
}
