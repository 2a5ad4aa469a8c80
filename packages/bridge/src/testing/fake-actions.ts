import { closeSync, writeSync } from 'node:fs';
import type { FakeLink, Reply } from './fake-link.js';
import type { FakeAction } from './script.js';

/** Makes a fault happen; returns the reply it dictates to the request that triggered it. */
export function performFault(server: FakeLink, action: FakeAction): Reply | undefined {
  switch (action.type) {
    case 'exit':
      return process.exit(action.code);
    case 'signal':
      process.kill(process.pid, action.signal);
      return undefined;
    case 'hang':
      return hang();
    case 'ignore':
      return 'none';
    case 'error':
      return { error: { code: action.code, message: action.message, data: action.data } };
    case 'answer':
      return { result: action.result };
    case 'answer-twice':
      return undefined;
    case 'stop-heartbeats':
      server.stopHeartbeats();
      return undefined;
    case 'stall':
      server.generator.stalled = true;
      return undefined;
    case 'write':
      process.stdout.write(Buffer.from(action.bytes, 'latin1'));
      return undefined;
    case 'endless-line':
      process.stdout.write('x'.repeat(action.bytes));
      return undefined;
    case 'stderr':
      floodStderr(action.bytes);
      return undefined;
    case 'deaf':
      process.stdin.pause();
      return undefined;
    case 'close-stdout':
      closeSync(1);
      return undefined;
    default:
      return action satisfies never;
  }
}

function hang(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function floodStderr(bytes: number): void {
  const line = `${'noise '.repeat(10_000)}\n`;
  for (let written = 0; written < bytes; written += line.length) writeAll(line);
}

/** stderr may be a pipe that is full for a moment. */
function writeAll(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(2, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
