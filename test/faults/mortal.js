/**
 * Loaded before the command line (`node --import`): counts its commands by command monitoring, and gets FAULT_SIGNAL
 * (SIGKILL unless it says SIGSTOP) at the one that FAULT_AT numbers. FAULT_WHEN: `before` it is sent, once it is `sent`, or `after` its reply was read.
 * Without FAULT_AT it only counts; the number goes to the file FAULT_COUNT as it grows.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { MongoClient } = createRequire(import.meta.url)('mongodb');
const { FAULT_AT = '0', FAULT_WHEN: when, FAULT_COUNT: counter, FAULT_SIGNAL: signal = 'SIGKILL' } = process.env;
const at = Number(FAULT_AT);

let sent = 0;
let doomed = null;

const die = () => process.kill(process.pid, signal);

function started({ requestId, commandName }) {
  sent += 1;
  if (counter !== undefined) writeFileSync(counter, `${sent} ${commandName}`);
  if (sent !== at) return;
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
