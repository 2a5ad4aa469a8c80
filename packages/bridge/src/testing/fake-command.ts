import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakeScript } from './script.js';

export interface FakeCommand extends Disposable {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * The command of a fake sidecar, to be spread into a sidecar's options. Several
 * scripts are the lives of one sidecar: the first process plays the first, and
 * so on; the last is played again and again. Dispose of it to remove the file
 * that counts the lives.
 */
export function fakeSidecar(...scripts: FakeScript[]): FakeCommand {
  const program = fileURLToPath(new URL('./fake-sidecar.js', import.meta.url));
  const command = process.execPath;
  const args = [program, JSON.stringify(scripts)];
  if (scripts.length < 2) {
    return { command, args, env: process.env, [Symbol.dispose]: () => {} };
  }
  const directory = mkdtempSync(join(tmpdir(), 'fake-sidecar-'));
  const env = { ...process.env, FAKE_SIDECAR_LIVES: join(directory, 'lives') };
  const remove = () => rmSync(directory, { recursive: true, force: true });
  return { command, args, env, [Symbol.dispose]: remove };
}
