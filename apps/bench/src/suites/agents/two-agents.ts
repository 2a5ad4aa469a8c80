import type { Endpoint } from '../../client/endpoint.ts';
import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import { sum } from '../../measure/statistics.ts';
import { startOurServer, type OurServer } from '../../peers/our-server.ts';
import type { Progress } from '../../report/progress.ts';
import type { Benchmark } from '../benchmark.ts';
import { withLongContext } from './long-context.ts';
import { planSession, replaySession, type SessionPlan } from './session.ts';

/** Where another build of this project lies, to be compared with. */
const OTHER_BUILD = process.env['MLX_BENCH_OTHER_BUILD'];

/** Two agents of one kind at work at the same time: beside another build, or without kept prompts. */
export const twoAgents: Benchmark = {
  id: 'two-agents',
  async measure({ quick, rounds, progress, contenders }) {
    const plan = planSession(quick);
    await using remembering = await withLongContext(contenders);
    const ours = await remembering.contenders.ours();
    await using other = await startOther(remembering.contenders.modelId);
    const tell =
      (side: string): Progress =>
      (message) =>
        progress(`${side}: ${message}`);
    const title = `two agents at once, ${plan.turns} turns each over ${plan.systemTokens} common tokens`;
    const pairs = await alternate(title, rounds, progress, {
      ours: (round) => atOnce(ours.endpoint, `pair ${round}`, plan, tell('ours')),
      reference: (round) => atOnce(other.endpoint, `pair ${round}`, plan, tell('reference')),
    });
    return [
      {
        kind: 'comparison',
        id: 'two-agents',
        title: `${title}: first tokens, summed`,
        unit: 's',
        reference: OTHER_BUILD === undefined ? 'ours, which keeps no prompts' : 'another build',
        bar: atMost(0.5),
        rounds: pairs,
      },
    ];
  },
};

function startOther(modelId: string): Promise<OurServer> {
  return OTHER_BUILD === undefined
    ? startOurServer(modelId, { performance: { prompt_cache_bytes: 0 } })
    : startOurServer(modelId, {}, OTHER_BUILD);
}

async function atOnce(
  endpoint: Endpoint,
  agent: string,
  plan: SessionPlan,
  progress: Progress,
): Promise<number> {
  const tasks = ['one', 'other'].map((task) =>
    replaySession(endpoint, agent, `${task} task of ${agent}`, plan, progress),
  );
  const sessions = await Promise.all(tasks);
  return sum(sessions.map(({ firstTokenSeconds }) => firstTokenSeconds));
}
