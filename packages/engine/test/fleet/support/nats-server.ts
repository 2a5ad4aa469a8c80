import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(
  new URL('../../../../../node_modules/.mlx/nats-server/bin/nats-server', import.meta.url),
);

/** A real NATS server on a port of its own, which keeps its port over restarts. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  readonly #arguments: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#arguments = args;
  }

  static async start(...args: string[]): Promise<NatsServer> {
    if (!existsSync(binary)) {
      throw new Error('No NATS server: npm test -- --only typescript fetches it');
    }
    const server = new NatsServer(await freePort(), args);
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = ['-a', '127.0.0.1', '-p', String(this.port), ...this.#arguments];
    this.#process = spawn(binary, args, { stdio: 'ignore' });
    while (!(await answers(this.port))) await sleep(10);
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.exitCode !== null) return;
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
    this.#process = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => done(true)).once('error', () => done(false));
    const done = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
  });
}
