import { peer } from '../packages.ts';

interface JsYaml {
  readonly load: (text: string) => unknown;
}

export async function loadJsYaml(): Promise<JsYaml> {
  return (await peer('js-yaml/dist/js-yaml.mjs')) as JsYaml;
}
