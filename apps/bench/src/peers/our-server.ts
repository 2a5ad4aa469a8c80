import { once } from 'node:events';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Inspection, ServingMessage } from '../serving/messages.ts';
import type { RuntimeConfigInput } from '@mlx/schemas/config';
import { ChildGroup } from './child-group.ts';
import type { RunningServer } from './python-server.ts';

const CHECKOUT = fileURLToPath(new URL('../../../..', import.meta.url));
const PROGRAM = 'apps/bench/src/serving/main.ts';

export interface OurServer extends RunningServer {
  /** The counters of this moment. Reading them costs the server a millisecond or two. */
  inspect(): Promise<Inspection>;
}

/**
 * Our server, with its defaults unless `config` says otherwise, in a Node process of its own.
 * `checkout`: where it was built; here if not said.
 */
export async function startOurServer(
  modelId: string,
  config: RuntimeConfigInput = {},
  checkout = CHECKOUT,
): Promise<OurServer> {
  const args = [join(checkout, PROGRAM), modelId, JSON.stringify(config)];
  const group = new ChildGroup('our server', process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const nextMessage = async (): Promise<ServingMessage> => {
    const [message] = await once(group.child, 'message');
    return message;
  };
  const ready = await group.started(nextMessage());
  if (ready.type !== 'ready') throw new Error('The server did not say where it listens.');
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  return {
    endpoint: { origin: ready.url, model: modelId, agent },
    async inspect() {
      const answer = nextMessage();
      group.child.send('inspect');
      const message = await group.orExit(answer);
      if (message.type !== 'inspection') throw new Error(`Unexpected message: ${message.type}`);
      return message.inspection;
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await group[Symbol.asyncDispose]();
    },
  };
}
