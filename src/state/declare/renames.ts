import { entryOf, textAt, type YamlEntry } from '../yaml/node.ts';
import { describePlace, type Place, type Report } from '../yaml/place.ts';
import { checkCollectionName } from './names.ts';

interface Claim {
  readonly name: string;
  readonly place: Place;
}

/** Reports former names that no collection can have, that are declared themselves, or that two collections claim. */
export function checkFormerNames(collections: readonly YamlEntry[], report: Report): void {
  const declared = new Map(collections.map((entry) => [entry.name, entry]));
  const claimed = new Map<string, Claim>();
  for (const { name, value } of collections) {
    const former = textAt(value, 'renamedFrom');
    const place = entryOf(value, 'renamedFrom')?.value;
    if (former === undefined || place === undefined || !checkCollectionName(former, place, report)) continue;
    const [itself, first] = [declared.get(former), claimed.get(former)];
    if (former === name) {
      report('SCH2116', place, `"${name}" is already called so`, 'leave "renamedFrom" out');
    } else if (itself !== undefined) {
      const message = `"${former}" is declared itself (at ${describePlace(itself.key)}), so "${name}" cannot come from it`;
      report('SCH2116', place, message, 'leave one of the two out');
    } else if (first !== undefined) {
      report('SCH2112', place, `"${first.name}" comes from "${former}" too (first at ${describePlace(first.place)})`);
    } else claimed.set(former, { name, place });
  }
}
