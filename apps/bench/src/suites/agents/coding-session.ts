import { alternate } from '../../measure/alternate.ts';
import { atMost } from '../../measure/measurement.ts';
import type { RunningServer } from '../../peers/python-server.ts';
import type { Benchmark } from '../benchmark.ts';
import { withLongContext } from './long-context.ts';
import { planSession, replaySession, type Session } from './session.ts';

/** One coding agent, whose every request repeats all that came before. */
export const codingSession: Benchmark = {
  id: 'coding-session',
  async measure({ quick, rounds, progress, contenders }) {
    const plan = planSession(quick);
    await using remembering = await withLongContext(contenders);
    const ours = await remembering.contenders.ours();
    const peer = await remembering.contenders.mlxLmServer();
    const title = `a coding agent's ${plan.turns} turns over ${plan.systemTokens} tokens of instructions`;
    const replay = ({ endpoint }: RunningServer, side: string, round: number): Promise<Session> =>
      replaySession(endpoint, `agent ${round}`, `task ${round}`, plan, (message) =>
        progress(`${side}: ${message}`),
      );
    const pairs = await alternate(title, rounds, progress, {
      ours: (round) => replay(ours, 'ours', round),
      reference: (round) => replay(peer, 'mlx_lm.server', round),
    });
    const told = pairs.map(
      (pair) =>
        `${pair.ours.cachedTokens} of ${pair.ours.promptTokens} prompt tokens were kept ` +
        `(${pair.reference.cachedTokens} of ${pair.reference.promptTokens})`,
    );
    return [
      {
        kind: 'comparison',
        id: 'coding-session',
        title: `${title}: first tokens, summed`,
        unit: 's',
        reference: 'mlx_lm.server',
        bar: atMost(0.25),
        rounds: pairs.map((pair) => ({
          ours: pair.ours.firstTokenSeconds,
          reference: pair.reference.firstTokenSeconds,
        })),
        note: told.join('; '),
      },
    ];
  },
};
