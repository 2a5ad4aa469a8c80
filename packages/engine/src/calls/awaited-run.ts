import type { PullSource, PullStream } from '@mlx/bridge';
import { cancelledError, type GeneratorChunk } from '@mlx/schemas';
import type { LoadedModel } from '../models/loaded-model.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { CallScope } from '../support/call-scope.js';
import { toEngineError } from '../support/errors.js';

interface AwaitedRunOptions {
  readonly model: string;
  readonly models: Pick<ModelRegistry, 'acquire'>;
  /** Bounds the wait. */
  readonly scope: CallScope;
  /** Starts the generation on the model. */
  readonly open: (model: LoadedModel) => PullSource<GeneratorChunk>;
}

/** A generation whose model has to be loaded first. */
export class AwaitedRun implements PullSource<GeneratorChunk> {
  readonly #scope: CallScope;
  #run: PullSource<GeneratorChunk> | undefined;
  #closed = false;

  constructor(stream: PullStream<GeneratorChunk>, options: AwaitedRunOptions) {
    const { scope } = options;
    this.#scope = scope;
    this.#begin(options)
      .then(() => stream.wake())
      .catch((thrown: unknown) => stream.fail(scope.abortedBy ?? toEngineError(thrown)))
      .finally(() => scope[Symbol.dispose]());
  }

  take(): GeneratorChunk | undefined {
    return this.#run?.take();
  }

  close(): void {
    this.#closed = true;
    this.#scope.abort(cancelledError('The consumer left'));
    this.#run?.close();
  }

  async #begin({ model: id, models, scope, open }: AwaitedRunOptions): Promise<void> {
    scope.signal.throwIfAborted();
    const { model, release } = await models.acquire(id, scope);
    try {
      if (!this.#closed) this.#run = open(model);
    } finally {
      release();
    }
  }
}
