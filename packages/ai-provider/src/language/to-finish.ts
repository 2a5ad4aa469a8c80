import type {
  JSONObject,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import type { MlxStats } from '../engine.js';
import { PROVIDER } from '../options/read-options.js';
import type { TransportChunk } from '../transport/transport.js';

type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;
type End = Extract<TransportChunk, { type: 'metadata' | 'interrupted' }>;

interface Facts {
  /** With which the answer can be had again. */
  readonly seed: number | undefined;
  readonly logprobs: JSONObject[] | undefined;
}

/** The last part of an answer: why it ended, what it cost, and what `providerMetadata.mlx` has of it. */
export function toFinish(end: End, { seed, logprobs }: Facts): Finish {
  if (end.type === 'interrupted') {
    return { type: 'finish', finishReason: reasonOf('interrupted'), usage: noUsage() };
  }
  const { stats, finishReason, stopSequence } = end;
  return {
    type: 'finish',
    finishReason: reasonOf(finishReason),
    usage: toUsage(stats),
    providerMetadata: { [PROVIDER]: present({ ...timings(stats), seed, stopSequence, logprobs }) },
  };
}

/** The end of an answer that failed, after the error itself. */
export function failed(): Finish {
  return {
    type: 'finish',
    finishReason: { unified: 'error', raw: undefined },
    usage: noUsage(),
  };
}

function reasonOf(
  raw: Extract<End, { type: 'metadata' }>['finishReason'] | 'interrupted',
): LanguageModelV4FinishReason {
  switch (raw) {
    case 'stop':
    case 'length':
    case 'interrupted':
      return { unified: raw, raw };
    case 'tool_calls':
      return { unified: 'tool-calls', raw };
    case 'cancelled':
      return { unified: 'interrupted', raw };
    case undefined:
      return { unified: 'other', raw };
    default:
      return raw satisfies never;
  }
}

function toUsage(stats: MlxStats): LanguageModelV4Usage {
  const { promptTokens, cachedTokens, tokensGenerated, reasoningTokens } = stats;
  return {
    inputTokens: {
      total: promptTokens,
      noCache: promptTokens === undefined ? undefined : promptTokens - (cachedTokens ?? 0),
      cacheRead: cachedTokens,
      cacheWrite: undefined,
    },
    outputTokens: {
      total: tokensGenerated,
      text: tokensGenerated - (reasoningTokens ?? 0),
      reasoning: reasoningTokens,
    },
    raw: present({ ...stats }),
  };
}

function noUsage(): LanguageModelV4Usage {
  return {
    inputTokens: {
      total: undefined,
      noCache: undefined,
      cacheRead: undefined,
      cacheWrite: undefined,
    },
    outputTokens: { total: undefined, text: undefined, reasoning: undefined },
  };
}

/** Times in seconds, and what drafting brought. */
function timings(stats: MlxStats) {
  const { tokensPerSecond, timeToFirstToken, totalTime } = stats;
  const { draftTokensAccepted, acceptedPredictionTokens, rejectedPredictionTokens } = stats;
  return {
    tokensPerSecond,
    timeToFirstToken,
    totalTime,
    draftTokensAccepted,
    acceptedPredictionTokens,
    rejectedPredictionTokens,
  };
}

function present(facts: JSONObject): JSONObject {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
