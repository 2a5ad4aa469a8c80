import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import type { EngineEventSource } from './event-source.js';
import { listen } from './event-source.js';

/**
 * One span per answer, a child of whatever span is active where it starts,
 * with the attribute names of OpenTelemetry's conventions for generative AI.
 * Costs nothing while no tracer provider is registered.
 */
export function recordSpans(source: EngineEventSource, tracer?: Tracer): () => void {
  const spans = new Map<string, Span>();
  const activeTracer = tracer ?? trace.getTracer('@mlx/telemetry');

  function end(streamId: string, describe: (span: Span) => void, timestamp: number): void {
    const span = spans.get(streamId);
    if (span === undefined) return;
    spans.delete(streamId);
    describe(span);
    span.end(timestamp);
  }

  const detach = listen(source, {
    'generation:started': ({ streamId, model, timestamp }) => {
      const attributes = {
        'gen_ai.operation.name': 'generate_content',
        'gen_ai.provider.name': 'mlx',
        'gen_ai.request.model': model,
      };
      const name = `generate_content ${model}`;
      spans.set(streamId, activeTracer.startSpan(name, { attributes, startTime: timestamp }));
    },
    'generation:completed': ({ streamId, stats, timestamp }) => {
      const describe = (span: Span): void => {
        span.setAttribute('gen_ai.usage.output_tokens', stats.tokensGenerated);
        span.setAttribute('gen_ai.usage.input_tokens', stats.promptTokens ?? 0);
        span.setAttribute('mlx.cached_tokens', stats.cachedTokens ?? 0);
        span.setAttribute('mlx.time_to_first_token_seconds', stats.timeToFirstToken);
      };
      end(streamId, describe, timestamp);
    },
    error: ({ error, context, timestamp }) => {
      if (typeof context?.['streamId'] !== 'string') return;
      const describe = (span: Span): void => {
        span.setAttribute('error.type', error.code);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      };
      end(context['streamId'], describe, timestamp);
    },
  });
  return () => {
    detach();
    for (const span of spans.values()) span.end();
    spans.clear();
  };
}
