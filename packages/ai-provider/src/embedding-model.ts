import type {
  EmbeddingModelV4,
  EmbeddingModelV4CallOptions,
  EmbeddingModelV4Result,
} from '@ai-sdk/provider';
import { embeddingChecks, type MlxEmbeddingModelOptions } from './options/pooling-options.js';
import { PROVIDER, readOptions } from './options/read-options.js';
import type { Transport } from './transport/transport.js';

/** Most texts of one request, here as in the server. */
const MAX_TEXTS = 2048;

/** A model that makes vectors of texts. */
export class MlxEmbeddingModel implements EmbeddingModelV4 {
  readonly specificationVersion = 'v4';
  readonly provider = `${PROVIDER}.embedding`;
  readonly maxEmbeddingsPerCall = MAX_TEXTS;
  readonly supportsParallelCalls = true;
  readonly modelId: string;
  readonly #transport: Transport;

  constructor(modelId: string, transport: Transport) {
    this.modelId = modelId;
    this.#transport = transport;
  }

  async doEmbed(options: EmbeddingModelV4CallOptions): Promise<EmbeddingModelV4Result> {
    const { values, dimensions, abortSignal: signal, headers } = options;
    const own = readOptions<MlxEmbeddingModelOptions>(options.providerOptions, embeddingChecks);
    const answer = await this.#transport.embed(
      { model: this.modelId, input: values, dimensions, ...own },
      { signal, headers },
    );
    return {
      embeddings: answer.embeddings,
      usage: { tokens: answer.tokens },
      warnings: [...answer.warnings],
      response: { headers: answer.headers },
    };
  }
}
