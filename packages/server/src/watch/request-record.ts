import { SpanStatusCode, type Span } from '@opentelemetry/api';
import type { MetadataChunk } from '@mlx/schemas';
import type { HttpError } from '../http/http-error.js';
import type { Logger } from '../logger.js';

interface RequestRecordOptions {
  readonly log: Logger;
  readonly span: Span;
  readonly method: string;
  readonly path: string;
  /** The program that asks, as it calls itself. */
  readonly client: string | undefined;
}

const CLIENT_CLOSED_REQUEST = 499;
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
/** Methods that change nothing: what asks often, asks with these. */
const POLLS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What is told of one request when it is over, in one log line and on its
 * span: never its body, query or headers, where prompts and keys are.
 */
export class RequestRecord {
  /** The model that answers. */
  model: string | undefined;
  /** The answer goes on when the response is made; whoever writes it ends the record. */
  goesOn = false;
  /** The name of the API key that it came with. */
  key: string | undefined;
  readonly #options: RequestRecordOptions;
  readonly #startedAt = performance.now();
  readonly #answers: MetadataChunk[] = [];
  readonly #whenOver: (() => void)[] = [];
  #failure: HttpError | undefined;
  #ended = false;

  constructor(options: RequestRecordOptions) {
    this.#options = options;
  }

  /** One of its answers ended well. */
  readonly answered = (end: MetadataChunk): void => {
    this.#answers.push(end);
  };

  /** Called once, when nothing is left to do for it. */
  whenOver(callback: () => void): void {
    this.#whenOver.push(callback);
  }

  failed(failure: HttpError): void {
    this.#failure = failure;
  }

  /** @param written tokens that were written, also those of an answer that did not end well */
  end(status: number, written?: number): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const callback of this.#whenOver) callback();
    const { log, span, method, path, client } = this.#options;
    const outcome = this.#failure?.status ?? status;
    const ms = Math.round(performance.now() - this.#startedAt);
    const { model, key } = this;
    const failure = this.#failure && { code: this.#failure.code, reason: this.#failure.message };
    const usage = this.#usage(written);
    const fields = { method, path, status, ms, model, ...usage, client, key, ...failure };
    log[this.#level(outcome)](fields, 'request');
    span.setAttribute('http.response.status_code', status);
    if (model !== undefined) span.setAttribute('mlx.model', model);
    if (this.#failure) span.setAttribute('error.type', this.#failure.code);
    if (outcome >= 500) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: this.#failure?.message });
    }
    span.end();
  }

  #level(outcome: number): 'debug' | 'info' | 'warn' {
    // Probes ask all the time, and what they learn has lines of its own.
    if (PROBES.has(this.#options.path)) return 'debug';
    if (outcome >= 500) return 'warn';
    // Who leaves has changed their mind; nothing is wrong.
    if (outcome === CLIENT_CLOSED_REQUEST) return 'info';
    return POLLS.has(this.#options.method) ? 'debug' : 'info';
  }

  #usage(written: number | undefined): Record<string, unknown> {
    const [first] = this.#answers;
    if (first === undefined) return written ? { out: written } : {};
    const all = this.#answers.map(({ stats }) => stats);
    return {
      in: first.stats.promptTokens,
      cached: first.stats.cachedTokens,
      out: sum(all.map(({ tokensGenerated }) => tokensGenerated)),
      tokensPerSecond: round(sum(all.map(({ tokensPerSecond }) => tokensPerSecond))),
      firstTokenMs: Math.round(first.stats.timeToFirstToken * 1000),
      finish: [...new Set(this.#answers.map(({ finishReason }) => finishReason))].join(','),
    };
  }
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

const round = (value: number): number => Math.round(value * 10) / 10;
