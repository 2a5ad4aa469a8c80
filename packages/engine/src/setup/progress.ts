export type SetupStep = 'python' | 'environment' | 'blas' | 'vision' | 'model';

/** One sign of life of a long step. */
export interface SetupProgress {
  readonly step: SetupStep;
  /** What is being done, for people. */
  readonly message: string;
  /** Bytes on disk so far, where the step downloads. */
  readonly bytes?: number;
  /** Bytes there will be, where known. */
  readonly totalBytes?: number;
}

export type OnSetupProgress = (progress: SetupProgress) => void;
