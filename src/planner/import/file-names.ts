import { fingerprint } from '../../state/fingerprint.ts';

/** Device names on Windows, with whatever behind a dot. */
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const unusual = /[^\p{L}\p{M}\p{N}_. -]/gu;
const longest = 80;

/** A name that every file system holds; equal to the given one wherever that is such a name. */
function plainName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(unusual, '-')
    .replace(/^[-. ]/, '_')
    .replace(/[. ]$/, '_')
    .replace(reserved, (device) => `_${device}`);
  return [...safe].slice(0, longest).join('');
}

/** The same for one collection everywhere. */
const mark = (name: string): string => fingerprint(name).slice('sha256:'.length, 'sha256:'.length + 6);

/** What file systems that do not tell case or composition apart go by. */
const folded = (name: string): string => name.normalize('NFKC').toLowerCase();

/**
 * A file for each collection: `orders.yaml`. A name that no file can have, or that differs from another by case
 * alone, gets six hex digits: `a-b-3f2a91.yaml`. The order of the names means nothing.
 */
export function fileNames(collections: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const name of [...collections].sort()) {
    const plain = plainName(name);
    const marked = `${plain}-${mark(name)}`;
    const isPlain = plain === name && !taken.has(folded(plain));
    let chosen = isPlain ? plain : marked;
    while (taken.has(folded(chosen))) chosen = `${chosen}_`;
    taken.add(folded(chosen));
    names.set(name, `${chosen}.yaml`);
  }
  return names;
}
