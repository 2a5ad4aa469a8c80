import type { Endpoint } from '../../client/endpoint.ts';
import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import { sum } from '../../measure/statistics.ts';
import { startOurServer } from '../../peers/our-server.ts';
import type { Benchmark } from '../benchmark.ts';
import { planSession, replaySession, type SessionPlan } from './session.ts';

/** Two agents of one kind at work at the same time, with and without kept prompts. */
export const twoAgents: Benchmark = {
  id: 'two-agents',
  async measure({ quick, rounds, progress, contenders }) {
    const plan = planSession(quick);
    const ours = await contenders.ours();
    const config = { performance: { prompt_cache_bytes: 0 } };
    await using forgetful = await startOurServer(contenders.modelId, config);
    const title = `two agents at once, ${plan.turns} turns each over ${plan.systemTokens} common tokens`;
    const pairs = await alternate(title, rounds, progress, {
      ours: (round) => atOnce(ours.endpoint, `pair ${round}`, plan),
      reference: (round) => atOnce(forgetful.endpoint, `pair ${round}`, plan),
    });
    return [
      {
        kind: 'comparison',
        id: 'two-agents',
        title: `${title}: first tokens, summed`,
        unit: 's',
        reference: 'ours, which keeps no prompts',
        bar: atMost(0.5),
        rounds: pairs,
      },
    ];
  },
};

async function atOnce(endpoint: Endpoint, agent: string, plan: SessionPlan): Promise<number> {
  const tasks = ['one', 'other'].map((task) =>
    replaySession(endpoint, agent, `${task} task of ${agent}`, plan),
  );
  const sessions = await Promise.all(tasks);
  return sum(sessions.map(({ firstTokenSeconds }) => firstTokenSeconds));
}
