import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeGeneration } from '@mlx/bridge/testing';
import { delayOf, requestFor } from './workload.ts';

/** The same frames read with nothing but a pipe and `JSON.parse`: what no bridge could beat. */
export async function bareDelays(streams: number, steps: number, generation: FakeGeneration) {
  const { command, args } = fakeSidecar({ generation });
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  for (let index = 0; index < streams; index += 1) {
    const params = { ...requestFor(index, steps), credit: 1_000_000 };
    const frame = { jsonrpc: '2.0', id: index, method: 'generate', params };
    child.stdin.write(`${JSON.stringify(frame)}\n`);
  }
  const delays: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const frame = JSON.parse(line) as { params?: { rows?: { text: string }[] } };
    for (const row of frame.params?.rows ?? []) delays.push(delayOf(row.text));
    if (delays.length === streams * steps) break;
  }
  child.kill('SIGKILL');
  return delays;
}
