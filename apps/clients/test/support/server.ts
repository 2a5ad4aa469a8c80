import { expect, inject } from 'vitest';
import type { FileServer } from './file-server.ts';

const made = (await (await fetch(inject('controlURL'))).json()) as FileServer;

export const { serverURL } = made;
/** Where OpenAI's clients look for the server. */
export const baseURL = `${serverURL}/v1`;
export const model = inject('model');

/** Clients want a key; this server asks for none. */
export const apiKey = 'none';

const active = async () => (await fetch(made.activeURL)).text();

/** Waits until the server works on nothing: a client that left has taken its work along. */
export async function untilIdle(): Promise<void> {
  await expect.poll(active, { timeout: 20_000 }).toBe('0');
}
