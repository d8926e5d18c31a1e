export interface Group<T> {
  readonly key: string;
  readonly members: readonly T[];
}

/** What is grouped, and which member needs which others. */
interface Grouping<T> {
  readonly keyOf: (member: T) => string;
  readonly needs: (member: T, other: T) => boolean;
}

/**
 * Members with one key, given in the order of their dependencies, form a group at the place of the last of them, where no
 * dependency stands against it: a group moves behind later ones unless one of them needs a member of it.
 */
export function groupInOrder<T>(members: readonly T[], { keyOf, needs }: Grouping<T>): readonly Group<T>[] {
  const mayMove = (group: Group<T>, later: readonly Group<T>[]): boolean =>
    !later.some((other) => other.members.some((member) => group.members.some((own) => needs(member, own))));
  return members.reduce<readonly Group<T>[]>((groups, member) => {
    const key = keyOf(member);
    const at = groups.findLastIndex((group) => group.key === key);
    const found = groups[at];
    if (found === undefined || !mayMove(found, groups.slice(at + 1))) return [...groups, { key, members: [member] }];
    return [...groups.toSpliced(at, 1), { key, members: [...found.members, member] }];
  }, []);
}
