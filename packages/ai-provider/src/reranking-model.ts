import type {
  RerankingModelV4,
  RerankingModelV4CallOptions,
  RerankingModelV4Result,
} from '@ai-sdk/provider';
import { rerankingChecks, type MlxRerankingModelOptions } from './options/pooling-options.js';
import { PROVIDER, readOptions } from './options/read-options.js';
import type { Transport } from './transport/transport.js';

/** A model that orders documents by how well they match a query. */
export class MlxRerankingModel implements RerankingModelV4 {
  readonly specificationVersion = 'v4';
  readonly provider = `${PROVIDER}.reranking`;
  readonly modelId: string;
  readonly #transport: Transport;

  constructor(modelId: string, transport: Transport) {
    this.modelId = modelId;
    this.#transport = transport;
  }

  async doRerank(options: RerankingModelV4CallOptions): Promise<RerankingModelV4Result> {
    const { query, topN, abortSignal: signal, headers } = options;
    const own = readOptions<MlxRerankingModelOptions>(options.providerOptions, rerankingChecks);
    const documents = toTexts(options.documents);
    const answer = await this.#transport.rerank(
      { model: this.modelId, query, documents, topN, ...own },
      { signal, headers },
    );
    return {
      ranking: answer.results.map(({ index, score }) => ({ index, relevanceScore: score })),
      warnings: [...answer.warnings],
      response: { modelId: this.modelId, headers: answer.headers },
    };
  }
}

/** The model reads objects as JSON. */
function toTexts(documents: RerankingModelV4CallOptions['documents']): string[] {
  if (documents.type === 'text') return documents.values;
  return documents.values.map((value) => JSON.stringify(value));
}
