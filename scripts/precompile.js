import { mkdirSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { jsonSchemas } from '../dist/report/schemas/shapes.js';
import { languageSchema } from '../dist/state/language.js';

/**
 * Puts the compiled form of the language's JSON Schema in the place of `dist/state/sound.js`: making it takes ajv 160 ms.
 * `unicode: false` because the language asks of no text more than that it is not empty, which needs no helper of ajv's.
 */
const ajv = new Ajv({
  allowUnionTypes: true,
  messages: false,
  unicode: false,
  logger: false,
  code: { source: true, esm: true, lines: false },
});
/** Descriptions are for editors; the compiled code would carry them along. */
const bare = JSON.parse(JSON.stringify(languageSchema), (name, value) =>
  name === 'description' && typeof value === 'string' ? undefined : value,
);
ajv.addSchema(bare, 'language');
const code = standalone.default(ajv, { isSound: 'language' });
if (/\brequire\(/.test(code)) throw new Error('The compiled language needs a helper of ajv; it has to stand alone.');
writeFileSync(new URL('../dist/state/sound.js', import.meta.url), code);

/** The JSON Schemas as files, for editors and for whoever reads our JSON. */
const dist = new URL('../dist/', import.meta.url);
mkdirSync(new URL('schemas/', dist), { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas)) {
  const file = name === 'language' ? 'schema.json' : `schemas/${name}.json`;
  writeFileSync(new URL(file, dist), `${JSON.stringify(schema, null, 2)}\n`);
}
