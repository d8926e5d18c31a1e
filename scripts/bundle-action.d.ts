/** The action's entry as one text; written to `action/index.cjs` unless told otherwise. */
export function bundle(write?: boolean): Promise<string>;
