import { explained } from '../report/explain/codes.ts';
import { codePage, codesPage } from '../report/explain/pages.ts';
import { commandName, commandPage, commandsPage } from './pages.ts';
import { specs } from './specs.ts';

/** The generated pages of the documentation, by path within `docs/`. */
export function pages(): ReadonlyMap<string, string> {
  return new Map([
    ['codes/README.md', codesPage()],
    ...explained.map((each) => [`codes/${each.code}.md`, codePage(each)] as const),
    ['commands/README.md', commandsPage(specs)],
    ...specs.map((spec) => [`commands/${commandName(spec)}.md`, commandPage(spec)] as const),
  ]);
}
