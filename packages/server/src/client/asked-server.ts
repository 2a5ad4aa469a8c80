/** The server that a command asks. */
export interface AskedServer {
  readonly url: string;
  /** Somebody said which; else it is where a server is by default. */
  readonly isNamed: boolean;
}
