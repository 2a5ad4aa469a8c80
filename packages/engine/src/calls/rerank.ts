import { RerankRequestSchema, type RerankRequest, type Reranking } from '@mlx/schemas';
import { refuseAdapter } from '../adapters/choose-adapter.js';
import { invalidParameter } from '../support/errors.js';
import { validate } from '../support/validate.js';
import { acquireModel } from './acquire-model.js';
import { poolTexts, type PoolingServices } from './pool-texts.js';
import { toPrompts } from '../pooling/to-prompts.js';
import { toRerankPrompt } from '../pooling/rerank-prompt.js';

/**
 * Orders documents by how sure a model's yes is, or by what a cross-encoder says
 * of the query and each of them.
 */
export async function rerank(
  services: PoolingServices,
  input: unknown,
  options: unknown,
): Promise<Reranking> {
  const request = validate(RerankRequestSchema, input);
  refuseAdapter(services, request.model);
  using _lease = await acquireModel(services, request.model, options);
  const result = await readDocuments(services, request, options);
  return {
    model: request.model,
    results: toResults(request, result.scores),
    promptTokens: result.promptTokens.reduce((total, tokens) => total + tokens, 0),
  };
}

/** What a language model's next token is compared with. */
const answers = { yes: 'yes', no: 'no' };

function readDocuments(services: PoolingServices, request: RerankRequest, options: unknown) {
  const { model, query, instruction } = request;
  const { chat, reranking } = services.models.loaded(model).facts.loaded.capabilities;
  if (reranking === undefined) {
    throw invalidParameter('model', `'${model}' makes embeddings and does not rerank`);
  }
  if (reranking === 'pairs') {
    if (instruction !== undefined) {
      throw invalidParameter('instruction', `'${model}' is a cross-encoder, which takes none`);
    }
    const documents = toPrompts(request.documents);
    return poolTexts(services, model, 'rerank', { ...answers, documents, query }, options);
  }
  const documents = request.documents.map((document) => toRerankPrompt(request, document, chat));
  return poolTexts(services, model, 'rerank', { ...answers, documents }, options);
}

function toResults({ documents, topN }: RerankRequest, scores: number[]): Reranking['results'] {
  return documents
    .map((document, index) => ({ index, score: scores[index] ?? 0, document }))
    .toSorted((left, right) => right.score - left.score)
    .slice(0, topN);
}
