import { randomUUID } from 'node:crypto';
import { type Reranking } from '@mlx/schemas';
import { RerankBodySchema, type RerankBody, type RerankList } from '@mlx/schemas/endpoints';
import type { BodyReader } from '../fields/body-reader.js';
import type { CallPlan } from '../generation/serve-request.js';
import { rerankFields } from '../openai/embedding-fields.js';

/** The endpoint of Cohere and Jina, as other local servers have it. */
export function planRerank(body: unknown, reader: BodyReader): CallPlan {
  const request = reader.parse(RerankBodySchema, rerankFields, body);
  const { model, query } = request;
  const documents = request.documents.map((document) =>
    typeof document === 'string' ? document : document.text,
  );
  const instruction = request.instruction ?? undefined;
  const topN = request.top_n ?? undefined;
  return {
    model,
    body: async (engine, signal) =>
      toList(
        request,
        await engine.rerank({ model, query, documents, instruction, topN }, { signal }),
      ),
  };
}

function toList(
  { return_documents: withDocuments }: RerankBody,
  { model, results, promptTokens }: Reranking,
): RerankList {
  return {
    id: `rerank-${randomUUID()}`,
    object: 'list',
    model,
    results: results.map(({ index, score, document }) => ({
      index,
      relevance_score: score,
      ...(withDocuments === true ? { document: { text: document } } : {}),
    })),
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}
