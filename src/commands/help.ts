/** What stands below the list of commands. */
export const epilogue = `
Examples:
  schemactl plan --ephemeral                  try it without a server of your own
  schemactl plan --db shop --out plan.json    what would happen, kept for review
  schemactl apply plan.json                   do exactly that

Exit codes: 0 done · 1 failed before the first write · 2 differences · 20 blocked
  21 stale plan · 22 the data forbids it · 23 stopped part-way · 24 locked
  64 usage · 65 invalid schema or plan · 69 unreachable · 77 not permitted
  78 configuration · 130 interrupted
More: README.md, and schemactl COMMAND --help
`;

/** Commander's message as ours read: `error: unknown option '--x'` and its suggestion, in one sentence each. */
export function sentence(message: string): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.)?]$/.test(text) ? '' : '.'}`;
}
