import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** Registers a provider that keeps every span; once in a test file. */
export function recordSpans(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return exporter;
}

/** A span as a line, its children indented below it, by start and then by name. */
export function tree(spans: readonly ReadableSpan[], parent?: string, depth = 0): string[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const parentOf = ({ parentSpanContext }: ReadableSpan) =>
    parentSpanContext && ids.has(parentSpanContext.spanId) ? parentSpanContext.spanId : undefined;
  return spans
    .filter((span) => parentOf(span) === parent)
    .toSorted((left, right) => startOf(left) - startOf(right))
    .flatMap((span) => [
      `${'  '.repeat(depth)}${span.name}`,
      ...tree(spans, span.spanContext().spanId, depth + 1),
    ]);
}

const startOf = ({ startTime: [seconds, nanoseconds] }: ReadableSpan) =>
  seconds * 1000 + nanoseconds / 1e6;
