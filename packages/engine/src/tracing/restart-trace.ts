import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Span, SpanContext } from '@opentelemetry/api';
import { failSpan, tracer } from './tracer.js';

interface Loss {
  readonly reason: string;
  readonly attempt: number;
  readonly signal?: string | null;
}

/** The restarts of one model's process, a span each: from the loss until it serves again. */
export class RestartTrace {
  readonly #model: string;
  #span: Span | undefined;
  #last: SpanContext | undefined;

  constructor(model: string) {
    this.#model = model;
  }

  /** Of the restart under way or, where none is, of the last one. */
  get latest(): SpanContext | undefined {
    return this.#last;
  }

  /** No one request asked for it, so it is a trace of its own. */
  began({ reason, attempt, signal }: Loss): void {
    this.ended(new Error('The process was lost again before it was ready'));
    const attributes = {
      'mlx.model': this.#model,
      'mlx.restart.reason': reason,
      'mlx.restart.attempt': attempt,
      ...(signal ? { 'mlx.restart.signal': signal } : {}),
    };
    this.#span = tracer.startSpan(`mlx.restart ${this.#model}`, { attributes }, ROOT_CONTEXT);
    this.#last = this.#span.spanContext();
  }

  /** @param failure why the process will not come back */
  ended(failure?: unknown): void {
    if (this.#span === undefined) return;
    if (failure !== undefined) failSpan(this.#span, failure);
    this.#span.end();
    this.#span = undefined;
  }
}
