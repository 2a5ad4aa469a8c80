import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ChildGroup } from '../src/peers/child-group.ts';

const node = (code: string): ChildGroup =>
  new ChildGroup('child', process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'pipe'] });

test('what the program started ends with it', async () => {
  // Both write to one pipe, which closes when the last of them is gone.
  const group = node(`
    const stay = 'console.log("here"); setInterval(() => {}, 1000)';
    require('node:child_process').spawn(process.execPath, ['-e', stay], { stdio: 'inherit' });
    setInterval(() => {}, 1000);
  `);
  const { stdout } = group.child;
  if (stdout === null) throw new Error('no pipe');
  await once(stdout, 'data');
  const closed = once(stdout, 'close');
  await group[Symbol.asyncDispose]();
  await closed;
  expect(stdout.closed).toBe(true);
});

test('a program that ends early is reported with its last words', async () => {
  await using group = node('console.error("no model"); process.exitCode = 3');
  await expect(group.orExit(new Promise(() => undefined))).rejects.toThrow('no model');
});
