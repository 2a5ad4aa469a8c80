import { RerankRequestSchema, type RerankRequest, type Reranking } from '@mlx/schemas';
import { validate } from '../support/validate.js';
import { acquireModel } from './acquire-model.js';
import { poolTexts, type PoolingServices } from './pool-texts.js';
import { toRerankPrompt } from '../pooling/rerank-prompt.js';

/** Asks the model about each document and orders them by how sure its yes is. */
export async function rerank(
  services: PoolingServices,
  input: unknown,
  options: unknown,
): Promise<Reranking> {
  const request = validate(RerankRequestSchema, input);
  using _lease = await acquireModel(services, request.model, options);
  const { chat } = services.models.loaded(request.model).facts.loaded.capabilities;
  const documents = request.documents.map((document) => toRerankPrompt(request, document, chat));
  const params = { documents, yes: 'yes', no: 'no' };
  const result = await poolTexts(services, request.model, 'rerank', params, options);
  return {
    model: request.model,
    results: toResults(request, result.scores),
    promptTokens: result.promptTokens.reduce((total, tokens) => total + tokens, 0),
  };
}

function toResults({ documents, topN }: RerankRequest, scores: number[]): Reranking['results'] {
  return documents
    .map((document, index) => ({ index, score: scores[index] ?? 0, document }))
    .toSorted((left, right) => right.score - left.score)
    .slice(0, topN);
}
