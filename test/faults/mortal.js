/**
 * Loaded before the command line (`node --import`): counts its commands by command monitoring, and gets FAULT_SIGNAL
 * (SIGKILL unless it says SIGSTOP) at the one that FAULT_AT numbers. FAULT_WHEN: `before` it is sent, once it is `sent`, or `after` its reply was read.
 * With FAULT_OF=acts only those are numbered that can change what the server holds: everything but reads outside a transaction;
 * with any other only commands of that name (`collMod`), of that name on that collection (`update schemactl_steps`, a copy that is
 * made: `insert schemactl_new_`) or with that stage (`$merge`).
 * Without FAULT_AT it only counts. The numbers go to the file FAULT_COUNT before it dies, stops or ends: commands, the last one's (`find:things`, or its stage
 * `$merge`), acts.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { MongoClient } = createRequire(import.meta.url)('mongodb');
const {
  FAULT_AT = '0',
  FAULT_WHEN: when,
  FAULT_COUNT: counter,
  FAULT_SIGNAL: signal = 'SIGKILL',
  FAULT_OF: of,
} = process.env;
const at = Number(FAULT_AT);

const reads = new Set([
  'aggregate',
  'buildInfo',
  'collStats',
  'connectionStatus',
  'count',
  'currentOp',
  'endSessions',
  'explain',
  'find',
  'getMore',
  'getParameter',
  'hello',
  'isMaster',
  'killCursors',
  'listCollections',
  'listDatabases',
  'listIndexes',
  'ping',
  'replSetGetStatus',
  'rolesInfo',
  'serverStatus',
]);

/** Ours are sent as maps. */
const keysOf = (stage) => (stage instanceof Map ? [...stage.keys()] : Object.keys(stage));
const writesOut = (stage) => keysOf(stage).some((key) => key === '$out' || key === '$merge');

/** A transaction is something that the server holds, so every command of one is an act. */
const isAct = (name, command) =>
  !reads.has(name) || command.autocommit === false || (command.pipeline ?? []).some(writesOut);

/** The names by which FAULT_OF can mean a command. */
function namesOf(name, command) {
  const stages = (command.pipeline ?? []).filter(writesOut).flatMap(keysOf);
  const collection = String(command[name]).replace(/^(schemactl_new_)[0-9a-f]{32}$/, '$1');
  return [`${name} ${collection}`, name, ...stages];
}

let met = 0;
let sent = 0;
let acts = 0;
let doomed = null;

let last = '';
function keepCount() {
  if (counter !== undefined) writeFileSync(counter, `${sent} ${last} ${acts}`);
}
process.on('exit', keepCount);

function die() {
  keepCount();
  process.kill(process.pid, signal);
}

function started({ requestId, commandName, command }) {
  const act = isAct(commandName, command);
  sent += 1;
  if (act) acts += 1;
  const names = namesOf(commandName, command);
  last = names[2] ?? `${commandName}:${command[commandName]}`;
  const isMeant = !of || (of === 'acts' ? act : names.includes(of));
  if (isMeant) met += 1;
  if (!isMeant || met !== at) return;
  doomed = requestId;
  if (when === 'before') die();
  // The driver writes to the socket in this turn of the loop; the reply cannot be read before the next.
  if (when === 'sent') setImmediate(die);
}

function replied({ requestId }) {
  if (when === 'after' && requestId === doomed) die();
}

const { connect } = MongoClient.prototype;
MongoClient.prototype.connect = function (...args) {
  this.monitorCommands = true;
  this.on('commandStarted', started).on('commandSucceeded', replied).on('commandFailed', replied);
  return connect.apply(this, args);
};
