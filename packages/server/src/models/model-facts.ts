import type { ModelCapabilities } from '@mlx/engine';
import type { OpenAIModel } from '@mlx/schemas/endpoints';
import { fieldTables } from '../field-tables.js';
import { fieldsThatAre } from '../fields/field-table.js';

const fieldsWithoutEffect = Object.fromEntries(
  Object.entries(fieldTables).map(([endpoint, table]) => [
    endpoint,
    fieldsThatAre('without effect', table),
  ]),
);

type ModelFacts = Pick<OpenAIModel, 'capabilities' | 'limits' | 'sampling_defaults'>;

/** What a model can do, as the list of models tells it. */
export function toModelFacts(known: ModelCapabilities): ModelFacts {
  const { samplingDefaults: advised } = known;
  return {
    capabilities: {
      generation: known.generation,
      chat: known.chat,
      tools: known.tools,
      tool_format: known.toolFormat,
      structured_output: known.structuredOutput,
      reasoning: known.reasoning,
      reasoning_options: known.reasoningOptions,
      embedding_size: known.embeddingSize,
      embedding_prompts: known.embeddingPrompts,
      reranking: known.reranking,
      vision: toVision(known.vision),
      speculation: known.speculation,
      draft_models: known.draftModels,
      batching: known.batching,
      weights: known.weights,
      kv_bits: known.kvBits,
      ranks: known.ranks,
      without_effect: fieldsWithoutEffect,
    },
    limits: {
      context_length: known.contextLength,
      max_tokens: known.maxTokens,
      max_temperature: known.maxTemperature,
    },
    sampling_defaults: {
      temperature: advised.temperature,
      top_p: advised.topP,
      top_k: advised.topK,
      min_p: advised.minP,
      repetition_penalty: advised.repetitionPenalty,
    },
  };
}

function toVision(limits: ModelCapabilities['vision']) {
  if (limits === null) return null;
  const { images, maxBytes, maxPixels, maxAspectRatio, formats } = limits;
  return {
    images,
    max_bytes: maxBytes,
    max_pixels: maxPixels,
    max_aspect_ratio: maxAspectRatio,
    formats: [...formats],
  };
}
