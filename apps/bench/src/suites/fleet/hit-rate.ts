import { Agent } from 'node:http';
import { createHandler, listen } from '@mlx/server';
import type { Endpoint } from '../../client/endpoint.ts';
import { atLeast } from '../../measure/measurement.ts';
import { sum } from '../../measure/statistics.ts';
import { startOurServer } from '../../peers/our-server.ts';
import { planSession, replaySession, type Session, type SessionPlan } from '../agents/session.ts';
import type { Benchmark } from '../benchmark.ts';
import { startFleet } from './start-fleet.ts';

const WORKERS = 3;
/** Of each worker. The one machine has that of all. */
const CACHE_BYTES = 256 * 2 ** 20;
const AGENTS = 6;
const SESSIONS_EACH = 2;

/** Agents on three machines: what of their prompts is found, next to one machine with the memory of three. */
export const hitRate: Benchmark = {
  id: 'fleet-hit-rate',
  async measure({ progress, contenders: { modelId } }) {
    const plan = planSession(true);
    progress('agents on one machine');
    const whole = await onOneMachine(modelId, plan);
    progress(`the same on ${WORKERS} workers of a fleet`);
    const routed = await onFleet(modelId, plan);
    progress(`the same on ${WORKERS} machines, taken at random`);
    const random = await atRandom(modelId, plan);
    const title = `${AGENTS * SESSIONS_EACH} sessions of ${AGENTS} agents`;
    return [
      {
        kind: 'comparison',
        id: 'fleet-hit-rate',
        title: `${title} on ${WORKERS} workers of a fleet: prompt tokens that were kept`,
        unit: 'share',
        reference: `one machine with the memory of ${WORKERS}`,
        bar: atLeast(0.9),
        rounds: [{ ours: routed, reference: whole }],
      },
      {
        kind: 'reading',
        id: 'fleet-hit-rate-random',
        title: 'the same on machines that are taken at random',
        unit: 'share',
        values: [random],
      },
    ];
  },
};

async function onOneMachine(modelId: string, plan: SessionPlan): Promise<number> {
  await using server = await startOurServer(modelId, cacheOf(WORKERS * CACHE_BYTES));
  return await replayAll(() => server.endpoint, plan);
}

async function onFleet(modelId: string, plan: SessionPlan): Promise<number> {
  const model = { type: 'real', id: modelId, config: cacheOf(CACHE_BYTES) } as const;
  await using fleet = await startFleet(WORKERS, model, modelId);
  await using server = await listen(createHandler(fleet.engine), { host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  try {
    return await replayAll(() => ({ origin: server.url, model: modelId, agent }), plan);
  } finally {
    agent.destroy();
  }
}

async function atRandom(modelId: string, plan: SessionPlan): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const endpoints: Endpoint[] = [];
  for (let count = 0; count < WORKERS; count += 1) {
    endpoints.push(stack.use(await startOurServer(modelId, cacheOf(CACHE_BYTES))).endpoint);
  }
  const [first] = endpoints;
  if (first === undefined) throw new Error('There is no machine.');
  return await replayAll(
    () => endpoints[Math.floor(Math.random() * endpoints.length)] ?? first,
    plan,
  );
}

const cacheOf = (bytes: number) => ({ performance: { prompt_cache_bytes: bytes } });

/** All agents at once, each with one session after another; kept tokens of all. */
async function replayAll(endpoint: () => Endpoint, plan: SessionPlan): Promise<number> {
  const agents = Array.from({ length: AGENTS }, async (_, agent) => {
    const sessions: Session[] = [];
    for (let count = 0; count < SESSIONS_EACH; count += 1) {
      const task = `task ${count} of agent ${agent}`;
      sessions.push(await replaySession(endpoint, `agent ${agent}`, task, plan));
    }
    return sessions;
  });
  const all = (await Promise.all(agents)).flat();
  return (
    sum(all.map(({ cachedTokens }) => cachedTokens)) /
    sum(all.map(({ promptTokens }) => promptTokens))
  );
}
