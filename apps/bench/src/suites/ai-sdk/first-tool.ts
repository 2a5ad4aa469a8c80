import { runEarly } from '@mlx/ai-provider';
import { isStepCount, streamText, tool, type LanguageModel } from 'ai';
import * as z from 'zod';
import { alternate } from '../../measure/alternate.ts';
import { atMost, type Measurement } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { startSameEngine } from './same-engine.ts';

const TOKENS = 60;
const PARALLEL = { local: { parallel_tool_calls: true }, mlx: { parallelToolCalls: true } };

/** How long the first step of an agent takes until its first tool runs, when it calls several. */
export const firstTool: Benchmark = {
  id: 'first-tool',
  async measure({ rounds, progress, contenders }): Promise<Measurement[]> {
    await using models = await startSameEngine(contenders.modelId);
    await untilFirstTool(models.overHttp, 'warm-up');
    const pairs = await alternate('first tool of an agent', rounds, progress, {
      ours: (round) => untilFirstTool(models.overHttp, `ours ${round}`),
      reference: (round) => untilFirstTool(models.compatible, `reference ${round}`),
    });
    return [
      {
        kind: 'comparison',
        id: 'first-tool',
        title: 'an agent whose answer has several calls: until its first tool runs',
        unit: 'ms',
        reference: '@ai-sdk/openai-compatible',
        bar: atMost(0.8),
        rounds: pairs,
        note: 'same server; the tools of both sides run as soon as their call arrives',
      },
    ];
  },
};

/** Milliseconds from the call to the tool. The name changes the prompt, so that no cache knows it. */
async function untilFirstTool(model: LanguageModel, name: string): Promise<number> {
  const startedAt = performance.now();
  let first: number | undefined;
  const weather = tool({
    inputSchema: z.object({ city: z.enum(['Oslo', 'Rome']) }),
    execute: ({ city }) => {
      first ??= performance.now() - startedAt;
      return `${city}: sun`;
    },
  });
  const result = streamText({
    model,
    prompt: `(${name}) What is the weather in Oslo and in Rome?`,
    temperature: 0,
    maxOutputTokens: TOKENS,
    tools: runEarly({ weather }),
    toolChoice: 'required',
    providerOptions: PARALLEL,
    stopWhen: isStepCount(1),
  });
  await result.consumeStream();
  if (first === undefined) throw new Error('The model called no tool.');
  return first;
}
