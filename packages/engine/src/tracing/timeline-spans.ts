import type { Attributes, Context } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import type { WireUsage } from '@mlx/schemas/wire';
import { tracer } from './tracer.js';

type Timeline = NonNullable<WireUsage['timeline']>;

/**
 * Makes child spans of what the runtime says it did.
 * @param sentAt when the request was sent, in milliseconds since the Unix epoch
 */
export function timelineSpans(
  parent: Context,
  sentAt: number,
  usage: WireUsage,
  choice: Attributes,
): void {
  const { timeline } = usage;
  if (timeline === undefined) return;
  const span = (
    name: string,
    start: number,
    end: number,
    attributes: Attributes,
    under = parent,
  ) => {
    const child = tracer.startSpan(
      name,
      { startTime: sentAt + start, attributes: { ...attributes, ...choice } },
      under,
    );
    child.end(sentAt + end);
    return child;
  };
  const { encoded, grammar, queued, admitted, decoding, ended } = timeline;
  span('mlx.tokenize', 0, encoded, { 'mlx.prompt_tokens': usage.promptTokens });
  if (grammar) span('mlx.grammar.compile', grammar.start, grammar.end, {});
  span('mlx.queue', queued, admitted ?? ended, {});
  if (admitted === undefined) return;
  const prefill = span('mlx.prefill', admitted, decoding ?? ended, {
    'mlx.prefill.computed_tokens': computedTokens(timeline),
    'mlx.prefill.cached_tokens': usage.cachedTokens,
  });
  const under = trace.setSpan(parent, prefill);
  for (const { start, end, tokens } of timeline.prefill) {
    span('mlx.prefill.chunk', start, end, { 'mlx.prefill.tokens': tokens }, under);
  }
  if (decoding === undefined) return;
  span('mlx.decode', decoding, ended, {
    'mlx.decode.tokens': usage.completionTokens,
    'mlx.decode.drafted_tokens': usage.draftTokens,
    'mlx.decode.accepted_tokens': usage.draftTokensAccepted,
  });
}

function computedTokens({ prefill }: Timeline): number {
  return prefill.reduce((total, { tokens }) => total + tokens, 0);
}
