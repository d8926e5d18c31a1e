import semver from 'semver';

/** Server versions are compared without their suffixes: `6.0.5-rc1` knows what 6.0.5 knows. */
export function since(version: string, gate: string | null): boolean {
  const found = semver.coerce(version);
  return gate !== null && found !== null && semver.gte(found, gate);
}
