import type { LoadModelOptionsInput } from '@mlx/schemas';
import type { ModelFault } from '../setup/store/tidy-store.js';
import type { ModelProcess, OnProcessStart } from './model-process.js';

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
  /** What the files have to be. Default: a model. */
  readonly kind?: 'model' | 'adapter';
  /** Branch, tag or commit; only for models that are fetched. */
  readonly revision?: string;
  readonly signal?: AbortSignal;
  /** Fetched files stay where they are until this fires. */
  readonly holdUntil?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** The model has to see images. */
  readonly vision?: boolean | undefined;
}

/** Bytes that a model takes. */
export interface MemoryNeed {
  readonly weightBytes: number;
  /** Key-value caches. */
  readonly cacheBytes: number;
  /** Processes that hold a share of it in this machine's memory. Default: one. */
  readonly processes?: number;
}

/** Where models come from and what runs them: the seam between the engine and the machine. */
export interface Runner {
  /** Its processes are other machines': how models are loaded there is not decided here. */
  readonly remote?: boolean;
  /** The local directory of a model given by id or path; fetched when it is not there. */
  locateModel(model: string, options: LocateOptions): Promise<string>;
  /** How to load the model that a request means by this name; undefined where there is none such. */
  findModel?(
    name: string,
    options: { readonly download: boolean },
  ): Promise<LoadModelOptionsInput | undefined>;
  /** Names of the models that can be loaded without fetching anything. */
  keptModels?(): Promise<readonly string[]>;
  /** Names of the adapters that are loaded together with a model wherever it is loaded. */
  keptAdapters?(model: string): readonly string[];
  /** What the model in a directory will take, as far as its files tell. */
  memoryNeed?(path: string, plan: { readonly weights?: string }): Promise<MemoryNeed | undefined>;
  /** Puts the fetched models in order when the engine starts; resolves with what is wrong with them. */
  tidyModels?(options: { signal: AbortSignal }): Promise<readonly ModelFault[]>;
  /** Tells the name of every model that becomes ready without having been asked for here. */
  onModels?(listener: (model: string) => void): void;
  /** Unloads a model wherever it is, after its process has been stopped. */
  unloadModel?(model: string): Promise<void>;
  /** Lets go of everything, after the last process has been stopped. */
  close?(): Promise<void>;
  /**
   * The supervised process of one model, not started.
   * @param modelPath the directory that each of its lives will load
   */
  createProcess(onStart: OnProcessStart, modelPath: string): ModelProcess;
}
