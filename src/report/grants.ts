import { changeActions, copyActions, readActions } from '../planner/privileges.ts';

interface Role {
  readonly about: string;
  readonly command: {
    readonly createRole: string;
    readonly privileges: readonly {
      readonly resource: { readonly db: string; readonly collection: string };
      readonly actions: readonly string[];
    }[];
    readonly roles: readonly string[];
  };
}

function role(
  database: string,
  name: string,
  about: string,
  actions: readonly string[],
  roles: readonly string[],
): Role {
  const privileges = [{ resource: { db: database, collection: '' }, actions }];
  return { about, command: { createRole: name, privileges, roles } };
}

/** The minimal roles for a database, smallest first; each holds the one before it. */
const rolesFor = (database: string): readonly Role[] => [
  role(
    database,
    'schemactlRead',
    'plan, check, drift, doctor, status, history, diff, snapshot, init --from-live, rollback --plan-only',
    readActions,
    [],
  ),
  role(database, 'schemactlChange', 'apply, resume, rollback, purge, unlock', changeActions, ['schemactlRead']),
  role(database, 'schemactlRecreate', 'the same where a plan recreates a collection', copyActions, ['schemactlChange']),
];

/** The roles as mongosh takes them. */
export function grantsText(database: string): string {
  const target = `db.getSiblingDB(${JSON.stringify(database)})`;
  const made = rolesFor(database).map(
    ({ about, command }) => `// ${about}\n${target}.runCommand(${JSON.stringify(command, null, 2)})\n`,
  );
  return `${made.join('\n')}\n// Give one to the user that connects:\n// ${target}.grantRolesToUser("USER", ["schemactlChange"])\n`;
}

/** The createRole commands, to be run in the database. */
export function grantsJson(database: string): string {
  return `${JSON.stringify({ formatVersion: 1, database, commands: rolesFor(database).map(({ command }) => command) })}\n`;
}
