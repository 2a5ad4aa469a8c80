import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ChildProcesses } from '../src/faults/child-processes.ts';
import { inject, type ProcessFault } from '../src/faults/fault.ts';
import { Random } from '../src/random.ts';

test.each([
  ['kill', 'SIGKILL'],
  ['abort', 'SIGABRT'],
] satisfies [ProcessFault, string][])('%s ends a process that was found', async (fault, signal) => {
  using children = new ChildProcesses();
  const { pid } = spawn('cat');
  await expect.poll(() => children.get(pid ?? 0)).toBeDefined();
  const child = children.get(pid ?? 0);
  if (child === undefined) throw new Error('not found');
  const exit = once(child, 'exit');
  await inject(fault, child, new Random(1));
  expect(await exit).toEqual([null, signal]);
  expect(children.get(pid ?? 0)).toBeUndefined();
});

test('garbage is lines on the input', async () => {
  const child = spawn('cat');
  await inject('garbage', child, new Random(1));
  child.stdin.end();
  const [chunk] = await once(child.stdout, 'data');
  expect((chunk as Buffer).at(-1)).toBe(0x0a);
});

test('a pause ends by itself', async () => {
  const child = spawn('cat');
  await inject('pause', child, new Random(1));
  child.stdin.end('still here');
  expect(String((await once(child.stdout, 'data'))[0])).toBe('still here');
});
