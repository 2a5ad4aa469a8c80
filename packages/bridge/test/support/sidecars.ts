import { readdirSync, readFileSync } from 'node:fs';
import type { WireTokenRow } from '@mlx/schemas/wire';
import { fakeSidecar } from '@mlx/bridge/testing';
import type { FakeScript } from '@mlx/bridge/testing';
import { onTestFinished } from 'vitest';
import { Sidecar } from '../../src/index.js';
import type { GenerateRequest, SidecarOptions } from '../../src/index.js';

/** A sidecar that is gone when the test is over. */
export function sidecarPlaying(script: FakeScript, options: Partial<SidecarOptions> = {}): Sidecar {
  const sidecar = new Sidecar({ ...fakeSidecar(script), ...options });
  onTestFinished(async () => {
    await sidecar.stop({ force: true });
  });
  return sidecar;
}

export async function startedSidecar(
  script: FakeScript = {},
  options: Partial<SidecarOptions> = {},
): Promise<Sidecar> {
  const sidecar = sidecarPlaying(script, options);
  await sidecar.start();
  return sidecar;
}

export function textRequest(streamId: string, maxTokens: number): GenerateRequest {
  return { streamId, prompt: { type: 'text', text: 'once upon a time' }, sampling: { maxTokens } };
}

export async function collect(rows: AsyncIterable<WireTokenRow>): Promise<WireTokenRow[]> {
  const all: WireTokenRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}

/** Resolves with the arguments of the next event of that name. */
export function nextEvent<Arguments extends unknown[]>(
  subscribe: (listener: (...values: Arguments) => void) => void,
): Promise<Arguments> {
  return new Promise((resolve) => {
    subscribe((...values) => resolve(values));
  });
}

/** Descriptors this process holds open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Living processes of a group, zombies not counted. */
export function processesInGroup(group: number): number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((id) => groupOf(id) === group);
}

function groupOf(id: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(group);
  } catch {
    return undefined;
  }
}
