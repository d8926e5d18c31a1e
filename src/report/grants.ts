import { changeActions, copyActions, readActions, recordActions } from '../planner/privileges.ts';

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

/** What keeping records in another database takes. */
const recordRoles = (stateDatabase: string): readonly Role[] => [
  role(stateDatabase, 'schemactlReadRecords', 'beside schemactlRead: what was recorded', readActions, []),
  role(stateDatabase, 'schemactlKeepRecords', 'beside schemactlChange: lock, journal and undo data', recordActions, [
    'schemactlReadRecords',
  ]),
];

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

const madeIn = (database: string, roles: readonly Role[]): readonly string[] =>
  roles.map(
    ({ about, command }) => `// ${about}\n${siblingOf(database)}.runCommand(${JSON.stringify(command, null, 2)})\n`,
  );

const siblingOf = (database: string): string => `db.getSiblingDB(${JSON.stringify(database)})`;

/** The roles as mongosh takes them; `stateDatabase`: where the records are kept, null: in the database itself. */
export function grantsText(database: string, stateDatabase: string | null): string {
  const records = stateDatabase === null ? [] : madeIn(stateDatabase, recordRoles(stateDatabase));
  const keeps =
    stateDatabase === null ? '' : `, { role: "schemactlKeepRecords", db: ${JSON.stringify(stateDatabase)} }`;
  const made = [...madeIn(database, rolesFor(database)), ...records].join('\n');
  const grant = `${siblingOf(database)}.grantRolesToUser("USER", ["schemactlChange"${keeps}])`;
  return `${made}\n// Give one to the user that connects:\n// ${grant}\n`;
}

const commandsOf = (roles: readonly Role[]): readonly Role['command'][] => roles.map(({ command }) => command);

/** The createRole commands, to be run in the database, and those to be run in the state database. */
export function grantsJson(database: string, stateDatabase: string | null): string {
  const records =
    stateDatabase === null
      ? {}
      : { records: { database: stateDatabase, commands: commandsOf(recordRoles(stateDatabase)) } };
  const roles = { formatVersion: 1, database, commands: commandsOf(rolesFor(database)), ...records };
  return `${JSON.stringify(roles)}\n`;
}
