/** What a Python peer runs on: our interpreter, our BLAS, our weights. */
export interface PeerEnvironment {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
  /** Weights as our runtime computes with them on this device. */
  readonly modelDirectory: string;
}
