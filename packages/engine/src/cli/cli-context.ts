/** What a command needs of the process, so that a test can stand in for it. */
export interface CliContext {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly variables: NodeJS.ProcessEnv;
}

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export type CommandContext = CliContext & {
  readonly signal: AbortSignal;
  /** Where models are kept, if the configuration says so. */
  readonly modelsFolder?: () => string;
};
