import { createServer } from 'node:net';
import { once } from 'node:events';

/** Takes the port for a moment, which is the only sure way to learn that it is free. */
export async function checkPort(host: string, port: number): Promise<string> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(
      `Port ${port} on ${host} cannot be used (${reason(cause)}). Stop what listens there or serve with --port.`,
      { cause },
    );
  } finally {
    server.close();
  }
  return `${host}:${port} is free`;
}

function reason(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
