import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClientsMessage, ClientsOrder, DoneMessage } from './messages.ts';

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url));

export interface ClientsReport extends Omit<DoneMessage, 'type'> {
  /** Processor time of this process, where the server is, from when all streams were warm to their end. */
  readonly cpuSeconds: number;
}

/** Microseconds of the server's processor time per token. */
export const costOf = ({ cpuSeconds, tokens }: ClientsReport): number =>
  (cpuSeconds * 1_000_000) / tokens;

/** Clients in another process, which read the server in this one. */
export interface Clients extends Disposable {
  /** One order at a time. */
  run(order: ClientsOrder): Promise<ClientsReport>;
}

export function startClients(): Clients {
  const child = fork(PROGRAM);
  let { promise, resolve, reject } = Promise.withResolvers<ClientsReport>();
  let before = process.cpuUsage();
  child.on('message', (message: ClientsMessage) => {
    if (message.type === 'running') {
      before = process.cpuUsage();
      return;
    }
    const { user, system } = process.cpuUsage(before);
    resolve({ ...message, cpuSeconds: (user + system) / 1_000_000 });
  });
  child.once('exit', () => reject(new Error('The clients ended without a report.')));
  promise.catch(() => undefined);
  return {
    run(order) {
      ({ promise, resolve, reject } = Promise.withResolvers<ClientsReport>());
      child.send(order);
      return promise;
    },
    [Symbol.dispose]() {
      promise.catch(() => undefined);
      child.disconnect();
    },
  };
}
