/** What the process of clients is asked for. */
export interface ClientsOrder {
  readonly port: number;
  readonly connections: number;
  /** Tokens of each answer. */
  readonly tokens: number;
  /** Tokens that every stream has to have had before anything is counted; 0: all is. */
  readonly warmUp: number;
  readonly model: string;
}

/** Every stream is warmed up: what comes from now on is the steady state. */
export interface RunningMessage {
  readonly type: 'running';
}

/** Milliseconds that tokens took from their text, a moment, to the client; since `running`. */
export interface Delays {
  readonly median: number;
  readonly p99: number;
  /** The 99th percentile of each second, and of these the median: what others do on the machine for a while is not in it. */
  readonly p99OfSecond: number;
  readonly longest: number;
}

/** All streams have ended. */
export interface DoneMessage {
  readonly type: 'done';
  readonly delays: Delays;
  /** Since `running`. */
  readonly tokens: number;
  readonly events: number;
  readonly seconds: number;
}

export type ClientsMessage = RunningMessage | DoneMessage;
