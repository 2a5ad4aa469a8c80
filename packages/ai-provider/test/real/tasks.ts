import { tool, type Tool } from 'ai';
import { expect } from 'vitest';
import * as z from 'zod';
import { modelId, type BothWays } from './both-ways.js';

export const capital = 'What is the capital of France?';
export const story = 'Tell me a very long story.';

/** A tool of which a small model can only ask for one of two cities. */
export function weatherTool(
  run: (city: string) => string | Promise<string> = (city) => `${city}: sun`,
): Tool<{ city: 'Oslo' | 'Rome' }, string> {
  return tool({
    description: 'The weather of a city',
    inputSchema: z.object({ city: z.enum(['Oslo', 'Rome']) }),
    execute: ({ city }) => run(city),
  });
}

export function ignore(): void {
  // What a test expects need not be printed.
}

/** Until no row of the sidecar is at work. */
export async function idle({ engine }: BothWays): Promise<void> {
  const atWork = async () => {
    const { rows } = await engine.getBatchStats();
    return rows.queued + rows.prefilling + rows.decoding + rows.paused;
  };
  await expect.poll(atWork, { timeout: 30_000 }).toBe(0);
}

/** A bias for the bracket that ends a list, so that a small model does not go on for ever. */
export const closing = (engines: BothWays) => bias(engines, [']', '"]', ']}'], 5);

/** A bias for answers that begin so. */
export const beginning = (engines: BothWays, text: string) => bias(engines, [text], 100);

async function bias({ engine }: BothWays, texts: readonly string[], amount: number) {
  const found = await Promise.all(texts.map((text) => engine.tokenize({ model: modelId, text })));
  return Object.fromEntries(found.map(({ tokens }) => [String(tokens[0]), amount]));
}

/** An answer that is JSON, or one that only the limit kept from it. */
export function isJsonSoFar(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false;
  if ('output' in result) return result.output !== undefined;
  return Reflect.get(result, 'finishReason') === 'length';
}
