import type { Suite } from '../benchmark.ts';
import { promptLookup, rewritePeer } from './prompt-lookup.ts';

export const speculation: Suite = {
  name: 'speculation',
  description: 'Drafts from the text itself: what they gain where an answer copies, and cost else.',
  benchmarks: [...promptLookup, rewritePeer],
};
