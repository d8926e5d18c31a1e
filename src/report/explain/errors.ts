import { ending, type ErrorExplanation } from './ending.ts';
import { entry } from './entry.ts';
import { refusals, review } from './refusals.ts';

const goOn = [
  'See where things stand: schemactl status',
  'Go on with the run: schemactl resume',
  'Or take it back: schemactl rollback --run N',
] as const;

/** What commands fail with, each with its exit code; what can be wrong in files has a table of its own. */
export const errorCodes: Readonly<Record<string, ErrorExplanation>> = {
  ...ending('failed', {
    SCH1001: entry(
      'The first step failed',
      "The run ended before it had written anything: the cause stands below the sentence, with the server's own words.",
      'Mend the cause, then apply again.',
    ),
    SCH1003: entry(
      'A named check failed',
      'The server could not answer it, so nothing is known of it: an operator that it does not know, or an expression that fails on what some document holds. All other rules were judged. Values of documents are not repeated.',
      'Write it so that every document can be judged, for example with $convert and its onError.',
    ),
    SCH1002: entry(
      'The server refused a command',
      "The command was sent and refused; the code and the words are the server's.",
      'Look the server\'s code up in the MongoDB manual, "Error Codes".',
    ),
    SCH6501: entry(
      'A value cannot be handled by the driver',
      'The deprecated types undefined, DBPointer and code with scope can be read but not sent again, so nothing that touches them is begun.',
      'Leave out what holds it: --exclude ADDRESS',
      'Or convert the value first.',
    ),
    SCH7803: entry(
      'A file cannot be written',
      'Files are written whole, by way of a temporary file beside them, so nothing half-written is left.',
      'Check the folder, its permissions and the free space.',
    ),
    SCH9001: entry(
      'A state that should never be reached',
      'A rule that schemactl keeps for itself was broken, so it stopped before doing anything further.',
      'Report it, with the plan file.',
    ),
    SCH9002: entry(
      'An unexpected error',
      'Something failed in a way that nobody thought of.',
      'Report it, with what you ran.',
    ),
  }),
  ...refusals,
  ...ending('partial', {
    SCH2301: entry(
      'The run stopped part-way',
      'What was done is done, whole and in the journal; nothing is half-written.',
      ...goOn,
    ),
    SCH2302: entry(
      'The lock was lost',
      'The process did not renew its lease in time, or somebody freed it. It can commit nothing any more, so it stopped. What stands there now may be the run of another.',
      'See where things stand: schemactl status',
    ),
    SCH2303: entry(
      'The run belongs to another process, or to nobody',
      'Its lock was freed by unlock, or another process found a lease that had run out and goes on with the work.',
      'See where things stand: schemactl status',
    ),
    SCH2304: entry(
      'A step took longer than allowed',
      '--step-timeout ended it between two batches, or ended the command; what was done is in the journal.',
      'Go on with more time: schemactl resume --step-timeout 30m',
    ),
    SCH2305: entry(
      'The database is not as planned',
      'All steps were done, and reading the structure again shows a difference: somebody changed it meanwhile.',
      'See what differs: schemactl plan',
      'Or take the run back: schemactl rollback --run N',
    ),
    SCH2306: entry(
      'A copy does not equal its source',
      "A collection that is copied is compared document by document before it takes the old one's place; this one was given up, and the collection is as it was.",
      'Look whether all documents fit the new options.',
    ),
  }),
  ...ending('locked', {
    SCH2401: entry(
      'The lock is held',
      "One apply at a time. The message says who holds it; a dead holder's lease runs out by itself. A lock document that cannot be read counts as held, and is freed by hand alone.",
      'Wait for it: --lock-wait 5m',
      'If that process is known to be dead, or nobody is at work: schemactl unlock ID',
    ),
  }),
  ...ending('usage', {
    SCH6401: entry(
      'Flags or arguments that do not fit',
      'The command line cannot be understood, or two flags contradict each other.',
      'See examples: schemactl COMMAND --help',
    ),
    SCH6402: entry('There is no such milestone', 'The schema does not declare it.', 'See them: schemactl status'),
    SCH6403: entry(
      'What is selected needs what is not',
      'A step in the selection waits for one that was left out.',
      'Select that too, for example: --through MILESTONE',
    ),
    SCH6404: entry(
      'There is no such hazard',
      'Approvals go by name, and a misspelt one would approve nothing.',
      'See all codes: schemactl explain',
    ),
    SCH6405: entry(
      'There is no such run',
      'Runs are numbered from 1 and never used again.',
      'List them: schemactl history',
    ),
    SCH6406: entry(
      'No run applied this milestone',
      'There is nothing of it to take back.',
      'See where each stands: schemactl status',
    ),
    SCH6407: entry(
      '--only selects nothing',
      'No declared, managed or changed object has such an address.',
      'Addresses look like orders, orders.fields.status, orders.indexes.user_id_1; * is one level, ** any number.',
    ),
    SCH6409: entry(
      'Nothing that is to be checked is there',
      'None of the collections of the schema exists in this database, so nothing can be said of their documents. Most often the name of the database is misspelt.',
      'Check its name: --db NAME, or the path of the connection string.',
    ),
    SCH6408: entry(
      'Files are in the way',
      'init never writes over what is there.',
      'Write over them: --force',
      'Or write elsewhere: --out DIR',
    ),
  }),
  ...ending('invalid', {
    SCH2018: entry(
      'The server cannot work with what is declared',
      'An expression, a rule or a pipeline is not known to this server; it was asked before anything was written.',
      'Mend it in the schema.',
    ),
    SCH2121: entry(
      'There is no schema here',
      'No file, or no *.yaml in the folder.',
      'Name it: --schema PATH',
      'Or begin with one: schemactl init',
    ),
    SCH2122: entry(
      'A file is not UTF-8',
      'A character that cannot be read would silently become part of a name.',
      'Save the file as UTF-8.',
    ),
    SCH2123: entry(
      'Views read each other in a circle',
      'None of them could be made first.',
      'Let one of them read a collection.',
    ),
    SCH2501: entry(
      'This is no plan file',
      'It is not JSON, of another format, or was changed after it was made, or it holds what no plan is made of: a plan is never edited.',
      review,
    ),
    SCH2502: entry(
      'This plan is for review only',
      'It was made without asking the data, so nobody knows what the data forbids.',
      'Plan again without --check-data none and --against.',
    ),
    SCH2503: entry(
      'A file that cannot be used',
      'It does not exist, is a folder, a device or too large, or is a link: plan files and snapshots may be none, and in a schema folder links stay inside.',
      'Name a plain file.',
    ),
    SCH2504: entry(
      'This is no snapshot file',
      'It is not JSON, of another format, or was changed after it was made.',
      'Make one: schemactl snapshot --out FILE',
    ),
    SCH2505: entry(
      'The file holds no findings',
      'A baseline is a JSON report of check; --changed-only keeps a file of its own.',
      'Make one: schemactl check --report json=FILE',
    ),
    SCH2506: entry(
      'The journal was changed by hand',
      'A run is gone on with, and taken back, by the plan it recorded, and only if that still has the checksum it began with.',
      'After an interruption plan afresh, closing the run: schemactl apply',
      'Take another run back alone: schemactl rollback --run N',
    ),
    SCH2507: entry(
      'The signature of a plan is missing or wrong',
      'Where SCHEMACTL_PLAN_KEY is set, plan --out signs plans (HMAC-SHA-256), and only plans signed with the same key are read; the checksum alone says that nothing was changed by mistake.',
      'Plan again where the key is set: schemactl plan --out FILE',
    ),
  }),
  ...ending('configuration', {
    SCH7801: entry(
      'No connection is named',
      'No variable, plain file or flag holds a connection string, or it names no database.',
      'Set MONGODB_URI, or name another variable: --url-env NAME',
      'Or try it without a server: --ephemeral',
    ),
    SCH7802: entry(
      'The connection string cannot be read',
      'It is not shown, since it may hold a password.',
      'It looks like mongodb://user:password@host:27017/database; percent-encode special characters.',
    ),
    SCH7804: entry(
      'The configuration file does not hold what was asked',
      'The environment is not declared, or its file is no plain file that can be read (of 1 MiB at most).',
      'Name the file: --config FILE',
    ),
    SCH7805: entry(
      'The certificate would not be checked',
      'Nothing is changed over a connection that anybody could answer; reading works.',
      'Name the authority that signed it: tlsCAFile=FILE',
    ),
    SCH7806: entry(
      'A file of the connection string cannot be used',
      'tlsCAFile or tlsCertificateKeyFile cannot be read.',
      'Check the paths and their permissions.',
    ),
    SCH7807: entry(
      'The key for plans is too short',
      'SCHEMACTL_PLAN_KEY signs saved plans; one that can be tried out would sign nothing.',
      'Set a random one: openssl rand -hex 32',
    ),
    SCH7811: entry(
      '--ephemeral needs a package',
      'The throw-away server comes with an optional peer.',
      'Install it: npm install --save-dev mongodb-memory-server-core',
    ),
  }),
  ...ending('unreachable', {
    SCH6901: entry(
      'No MongoDB server was found',
      '--ephemeral looked at SCHEMACTL_MONGOD, the cache, the PATH and the package registries.',
      'Set SCHEMACTL_MONGOD to a mongod, or SCHEMACTL_TEST_URI to a deployment.',
    ),
    SCH6902: entry(
      'The server cannot be reached',
      'Nothing answered within ten seconds, or the connection broke.',
      'Check that the server runs, and the connection string.',
      'From CI: is its address allowed there?',
    ),
    SCH6911: entry(
      'The throw-away server does not answer',
      'It did not start, or the deployment named for tests is down.',
      'Set SCHEMACTL_MONGOD to a mongod that starts here.',
    ),
  }),
  ...ending('forbidden', {
    SCH7701: entry(
      'User name or password refused',
      'The server knows no such user in this authSource, or the password is another.',
      'Check user, password and authSource.',
    ),
    SCH7702: entry(
      'This user may not do that',
      'The server refused a command for want of a privilege.',
      'Reading needs the role read; for changing see: schemactl grants',
    ),
    SCH7703: entry(
      'Privileges are missing',
      'Every privilege that the plan takes was looked at before the first write; the missing ones are listed.',
      'See the roles: schemactl grants',
    ),
  }),
  ...ending('interrupted', {
    SCH1301: entry(
      'The run was interrupted',
      'Ctrl-C or SIGTERM: what was running was finished, nothing new was begun, the journal is intact.',
      ...goOn,
    ),
  }),
};
