import type { Database } from '../database/port.ts';

/** `shop on rs0 (MongoDB 6.0.5)` */
export function whereOf({ name, server }: Database): string {
  return `${name} on ${server.setName ?? server.topology} (MongoDB ${server.version})`;
}
