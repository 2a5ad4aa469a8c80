import {
  NoSuchModelError,
  type EmbeddingModelV4,
  type LanguageModelV4,
  type ProviderV4,
  type RerankingModelV4,
} from '@ai-sdk/provider';
import { MlxEmbeddingModel } from './embedding-model.js';
import type { MlxEngine } from './engine.js';
import { httpTransport } from './http/http-transport.js';
import type { MlxServerSettings } from './http/settings.js';
import { MlxLanguageModel } from './language/language-model.js';
import { MlxRerankingModel } from './reranking-model.js';
import { engineTransport } from './transport/engine-transport.js';

/** A reader that takes nothing for so long is taken to be gone. */
const DEFAULT_ABANDON_AFTER_MS = 350;

interface CommonSettings {
  /**
   * How long nobody may read a stream before its generation is ended, in
   * milliseconds; default 350. Up to twice as long for a reader that made
   * pauses before. It is started again, with the same seed, when somebody
   * reads on. `Infinity`: never.
   */
  readonly abandonAfterMs?: number;
}

/** Models of an engine in the same process. */
export interface MlxEngineSettings extends CommonSettings {
  /** What `createEngine()` of `@mlx/engine` returned; its models are loaded already. */
  readonly engine: MlxEngine;
}

/** Models of a server. */
export interface MlxHttpSettings extends CommonSettings, MlxServerSettings {
  readonly engine?: never;
}

export interface MlxProvider extends ProviderV4 {
  (modelId: string): LanguageModelV4;
  /** The same as calling the provider. */
  chat(modelId: string): LanguageModelV4;
  embedding(modelId: string): EmbeddingModelV4;
  reranking(modelId: string): RerankingModelV4;
  rerankingModel(modelId: string): RerankingModelV4;
}

/** A provider for the AI SDK: over an engine in the same process, or over HTTP. */
export function createMlx(settings: MlxEngineSettings | MlxHttpSettings = {}): MlxProvider {
  const { abandonAfterMs = DEFAULT_ABANDON_AFTER_MS } = settings;
  const transport =
    settings.engine === undefined ? httpTransport(settings) : engineTransport(settings.engine);
  const languageModel = (modelId: string) =>
    new MlxLanguageModel({ modelId, transport, abandonAfterMs });
  const embeddingModel = (modelId: string) => new MlxEmbeddingModel(modelId, transport);
  const rerankingModel = (modelId: string) => new MlxRerankingModel(modelId, transport);
  return Object.assign((modelId: string) => languageModel(modelId), {
    specificationVersion: 'v4' as const,
    languageModel,
    chat: languageModel,
    embeddingModel,
    embedding: embeddingModel,
    rerankingModel,
    reranking: rerankingModel,
    imageModel: (modelId: string): never => {
      throw new NoSuchModelError({ modelId, modelType: 'imageModel' });
    },
  });
}

/** Models of a server on this machine, at its default address. */
export const mlx: MlxProvider = /* @__PURE__ */ createMlx();
