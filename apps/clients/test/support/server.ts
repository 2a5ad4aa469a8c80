import { expect, inject } from 'vitest';

export const serverURL = inject('serverURL');
/** Where OpenAI's clients look for the server. */
export const baseURL = `${serverURL}/v1`;
export const model = inject('model');

/** Clients want a key; this server asks for none. */
export const apiKey = 'none';

const active = async () => (await fetch(inject('activeURL'))).text();

/** Waits until the server works on nothing: a client that left has taken its work along. */
export async function untilIdle(): Promise<void> {
  await expect.poll(active, { timeout: 20_000 }).toBe('0');
}
