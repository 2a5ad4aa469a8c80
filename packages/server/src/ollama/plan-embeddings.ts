import { OllamaEmbedRequestSchema, OllamaEmbeddingsRequestSchema } from '@mlx/schemas/ollama';
import type { BodyReader } from '../fields/body-reader.js';
import type { CallPlan } from '../generation/serve-request.js';
import { nanoseconds } from './durations.js';
import { modelOf } from '../models/model-name.js';
import { ollamaEmbedFields } from './ollama-fields.js';

const MILLISECONDS_PER_SECOND = 1000;

/** The body of `POST /api/embed`: vectors of length 1. */
export function planEmbed(body: unknown, reader: BodyReader): CallPlan {
  const request = reader.parse(OllamaEmbedRequestSchema, ollamaEmbedFields, body);
  const model = modelOf(request.model);
  const { dimensions } = request;
  const input = typeof request.input === 'string' ? [request.input] : request.input;
  const texts = input.filter((text) => text !== '');
  return {
    model,
    body: async (engine, signal) => {
      const startedAt = performance.now();
      const made =
        texts.length === 0
          ? { embeddings: [], promptTokens: 0 }
          : await engine.embed(
              { model, input: texts, ...(dimensions ? { dimensions } : {}) },
              { signal },
            );
      return {
        model: request.model,
        embeddings: made.embeddings,
        total_duration: nanoseconds((performance.now() - startedAt) / MILLISECONDS_PER_SECOND),
        load_duration: 0,
        prompt_eval_count: made.promptTokens,
      };
    },
  };
}

/** The body of `POST /api/embeddings`: one vector, as long as the model makes it. */
export function planEmbeddings(body: unknown, reader: BodyReader): CallPlan {
  const request = reader.parse(OllamaEmbeddingsRequestSchema, ollamaEmbedFields, body);
  const model = modelOf(request.model);
  return {
    model,
    body: async (engine, signal) => {
      const asked = { model, input: request.prompt, normalize: false };
      const { embeddings } = await engine.embed(asked, { signal });
      return { embedding: embeddings[0] ?? [] };
    },
  };
}
