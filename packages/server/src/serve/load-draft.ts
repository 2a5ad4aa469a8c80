import type { Engine } from '@mlx/engine';
import { EngineClientError, isEngineClientError } from '@mlx/schemas';
import { toDescriptor } from './model-source.js';
import type { Report } from './progress-reporter.js';

interface LoadDraftOptions {
  readonly engine: Engine;
  readonly draft: string;
  /** The loaded model to draft for. */
  readonly target: string;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Has a model draft for every request to another that does not say otherwise. */
export async function loadDraft(options: LoadDraftOptions): Promise<void> {
  const { engine, draft, target, report, signal } = options;
  report(`Loading ${draft} to draft for ${target}`);
  try {
    await engine.loadDraftModel(
      { model: toDescriptor(draft), parameters: { target, byDefault: true } },
      { signal, onProgress: ({ message, done, total }) => report(message, done, total) },
    );
  } catch (error) {
    if (!isEngineClientError(error) || error.code !== 'InvalidParams') throw error;
    throw new EngineClientError(
      'InvalidParams',
      `The draft model ${draft} does not fit ${target}. ${error.message}`,
      { cause: error, details: error.details },
    );
  }
}
