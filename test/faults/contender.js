/** One of many: told to by its parent, it tries to take the lock of one target once, and says what came of it. */
import { randomUUID } from 'node:crypto';
import { takeLock } from '../../dist/applier/lock.js';
import { connect } from '../../dist/database/mongo.js';

const [url, database] = process.argv.slice(2);
const door = await connect({ url, database, connectTimeoutMs: 60_000 });
const owner = () => ({ id: randomUUID(), host: 'h', pid: process.pid, user: 'u', link: null, session: door.sessionId });

process.on('message', (target) => {
  takeLock({ ...door, name: target }, { owner: owner(), leaseMs: 60_000, waitMs: 0 })
    .then(({ token, previous }) => process.send({ won: true, token, previous: previous?.host ?? null }))
    .catch((error) => process.send({ won: false, code: error.code, message: error.message }));
});
process.send({ ready: true });
