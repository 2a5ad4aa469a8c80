/** What a model must be like to be loaded. */
export interface ModelRules {
  /** Fetched files must be what was published, and stay so. Default: true. */
  readonly verifyChecksums?: boolean;
  /**
   * Take models whose configuration maps classes to code of their own, with the
   * runtime's implementation of them; the code is neither fetched nor run.
   * Default: false, they are refused.
   */
  readonly allowRemoteCode?: boolean;
}
