import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientsMessage, ClientsOrder, DoneMessage } from './messages.ts';

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url));

export interface ClientsReport extends Omit<DoneMessage, 'type'> {
  /** Processor time of this process, where the server is, from when all streams ran to their end. */
  readonly cpuSeconds: number;
}

/** Lets clients in another process read the server in this one. */
export async function runClients(order: ClientsOrder): Promise<ClientsReport> {
  const child = fork(PROGRAM, [JSON.stringify(order)]);
  const exited = once(child, 'exit').then(() => undefined);
  let before = process.cpuUsage();
  let report: ClientsReport | undefined;
  child.on('message', (message: ClientsMessage) => {
    if (message.type === 'running') {
      before = process.cpuUsage();
      return;
    }
    const { user, system } = process.cpuUsage(before);
    report = { ...message, cpuSeconds: (user + system) / 1_000_000 };
  });
  await exited;
  if (report === undefined) throw new Error('The clients ended without a report.');
  return report;
}
