import type { Suite } from '../benchmark.ts';
import { codingSession } from './coding-session.ts';
import { twoAgents } from './two-agents.ts';

export const agents: Suite = {
  name: 'agents',
  description: 'Agents that send all that came before again and again, alone and two at once.',
  benchmarks: [codingSession, twoAgents],
};
