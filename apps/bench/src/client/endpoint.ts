import type { Agent } from 'node:http';

/** An OpenAI-compatible server and the model to ask it for. */
export interface Endpoint {
  /** For example `http://127.0.0.1:8484`. */
  readonly origin: string;
  readonly model: string;
  readonly agent: Agent;
}
