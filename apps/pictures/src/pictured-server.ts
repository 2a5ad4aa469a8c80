import { setTimeout as pause } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import getPort from 'get-port';

/** The built `mlx-serve`. */
export const COMMAND = fileURLToPath(new URL('cli.js', import.meta.resolve('@mlx/server')));

const TOPICS = ['the sea', 'a lighthouse', 'winter', 'two cats', 'bread', 'the moon', 'a train'];

export interface PicturedServer extends AsyncDisposable {
  readonly url: string;
  /** Has so many clients ask one thing after the other until what is returned is disposed of. */
  keepBusy(clients: number): AsyncDisposable;
}

/** `mlx-serve` with the default model, in a process of its own. */
export async function startServer(): Promise<PicturedServer> {
  const port = await getPort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [COMMAND, 'serve', '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(server, 'exit');
  while (!(await isReady(url))) {
    if (server.exitCode !== null) throw new Error('The server ended before it was ready.');
    await pause(200);
  }
  return {
    url,
    keepBusy(clients) {
      const stop = new AbortController();
      const working = Array.from({ length: clients }, (_, client) =>
        work(url, client, stop.signal),
      );
      return {
        async [Symbol.asyncDispose]() {
          stop.abort();
          await Promise.all(working);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      server.kill();
      await ended;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function work(url: string, client: number, signal: AbortSignal): Promise<void> {
  for (let turn = client; !signal.aborted; turn += 1) {
    const topic = TOPICS[turn % TOPICS.length] ?? '';
    const body = {
      model: DEFAULT_MODEL_ID,
      max_tokens: 24 + 16 * (turn % 4),
      messages: [
        { role: 'system', content: 'You write short stories for children, in simple words.' },
        { role: 'user', content: `A story about ${topic}, please.` },
      ],
    };
    await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
      .then((response) => response.text())
      .catch(() => undefined);
    await pause(200 * (turn % 5));
  }
}
