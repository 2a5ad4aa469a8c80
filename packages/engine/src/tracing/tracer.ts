import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Span } from '@opentelemetry/api';
import { genAi } from '@mlx/schemas/conventions';
import { toEngineError } from '../support/errors.js';
import { version } from '../version.js';

/** Does nothing until somebody registers a tracer provider. */
export const tracer = trace.getTracer('@mlx/engine', version);

/** Says on a span what went wrong. */
export function failSpan(span: Span, thrown: unknown): void {
  const { code, message } = toEngineError(thrown);
  markFailed(span, code, message);
}

/** @param message left out where it could tell what was asked or answered */
export function markFailed(span: Span, errorType: string, message?: string): void {
  span.setAttribute(genAi.errorType, errorType);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Runs a step under a span of its own, which is active meanwhile and ends with it. */
export function traced<Result>(
  name: string,
  attributes: Attributes,
  run: (span: Span) => Promise<Result>,
): Promise<Result> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await run(span);
    } catch (thrown) {
      failSpan(span, thrown);
      throw thrown;
    } finally {
      span.end();
    }
  });
}
