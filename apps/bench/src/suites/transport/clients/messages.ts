/** What the process of clients is asked for, as JSON on its command line. */
export interface ClientsOrder {
  readonly port: number;
  readonly connections: number;
  /** Tokens of each answer. */
  readonly tokens: number;
  readonly model: string;
}

/** Every stream has begun: what comes from now on is the steady state. */
export interface RunningMessage {
  readonly type: 'running';
}

/** All streams have ended. */
export interface DoneMessage {
  readonly type: 'done';
  /** Milliseconds that tokens took from their text, a moment, to the client; since `running`. */
  readonly delays: readonly number[];
  /** Milliseconds from each request to its first token. */
  readonly firstTokens: readonly number[];
  /** Since `running`. */
  readonly tokens: number;
  readonly events: number;
  readonly seconds: number;
}

export type ClientsMessage = RunningMessage | DoneMessage;
