import type { GenerateRequest, SidecarMethod } from '@mlx/bridge';
import type { WireParams, WireProgress, WireResult, WireTokenRow } from '@mlx/schemas/wire';

export interface ProcessCallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** The process of one model, as the engine uses it; `@mlx/bridge` implements it. */
export interface ModelProcess {
  start(): Promise<WireResult<'initialize'>>;
  request<M extends SidecarMethod>(
    method: M,
    params: WireParams<M>,
    options?: ProcessCallOptions,
  ): Promise<WireResult<M>>;
  /** Ends after the row with `finish`, or throws once. */
  generate(
    params: GenerateRequest,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<WireTokenRow, void, void>;
  stop(): Promise<unknown>;
  on(event: 'progress', listener: (progress: WireProgress) => void): unknown;
  off(event: 'progress', listener: (progress: WireProgress) => void): unknown;
}

/** One sign of life of a load: the files are fetched, then loaded. */
export interface LoadProgress {
  readonly phase: 'fetch' | 'load';
  /** What is being done, for people. */
  readonly message: string;
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  readonly unit: 'bytes' | 'tokens' | 'steps';
}

export interface LocateOptions {
  /** Branch, tag or commit; only for models that are fetched. */
  readonly revision?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Where models come from and what runs them: the seam between the engine and the machine. */
export interface Runner {
  /** The local directory of a model given by id or path; fetched when it is not there. */
  locateModel(model: string, options: LocateOptions): Promise<string>;
  /** A process for one model, not started. */
  createProcess(): ModelProcess;
}
