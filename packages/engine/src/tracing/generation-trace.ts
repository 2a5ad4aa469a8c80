import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Attributes, Span, SpanContext } from '@opentelemetry/api';
import type { EngineClientError, GenerationStats, GeneratorParams } from '@mlx/schemas';
import { genAi } from '@mlx/schemas/conventions';
import type { WireFinish, WireTokenRow } from '@mlx/schemas/wire';
import { AnswerContent, inputMessages } from './content.js';
import { operationOf, requestAttributes } from './request-attributes.js';
import { timelineSpans } from './timeline-spans.js';
import { failSpan, tracer } from './tracer.js';

/** What is traced of one answer of a request. */
interface AnswerTrace {
  sentAt: number;
  finish: WireFinish | undefined;
  content: AnswerContent;
}

interface GenerationTraceOptions {
  readonly streamId: string;
  /** Record what is asked and answered, too. */
  readonly recordContent: boolean;
  /** Of the restart of the model's process that is under way or was the last. */
  readonly restart: () => SpanContext | undefined;
}

/** The span of one generation; `end` ends it, however often it is called. */
export class GenerationTrace {
  readonly #span: Span;
  readonly #options: GenerationTraceOptions;
  readonly #answers = new Map<number, AnswerTrace>();
  readonly #recordContent: boolean;
  /** From the monotonic clock to the one that traces of several processes share. */
  readonly #epoch = Date.now() - performance.now();
  #linked: SpanContext | undefined;
  #crashed = false;

  /** A child of the span that is active now. */
  constructor(params: GeneratorParams, options: GenerationTraceOptions) {
    this.#options = options;
    this.#span = tracer.startSpan(`${operationOf(params)} ${params.model}`);
    this.#recordContent = options.recordContent && this.recording;
    if (!this.recording) return;
    this.#span.setAttributes(requestAttributes(params));
    this.#span.setAttribute(genAi.responseId, options.streamId);
    if (this.#recordContent) this.#span.setAttribute(genAi.inputMessages, inputMessages(params));
  }

  get recording(): boolean {
    return this.#span.isRecording();
  }

  /** The request for an answer goes to the runtime: the first time, or again after a crash. */
  sent(answer: number): void {
    if (!this.recording) return;
    const content = this.#answers.get(answer)?.content ?? new AnswerContent();
    this.#answers.set(answer, { sentAt: this.#now(), finish: undefined, content });
    if (this.#crashed) this.#linkRestart();
  }

  row(answer: number, row: WireTokenRow): void {
    // Most tokens tell it nothing.
    if (!this.#recordContent && row.finish === undefined) return;
    const traced = this.#answers.get(answer);
    if (traced === undefined) return;
    if (this.#recordContent) traced.content.add(row);
    traced.finish ??= row.finish;
  }

  /** The answer begins anew: what was received does not count any more. */
  restarted(answer: number): void {
    const traced = this.#answers.get(answer);
    if (traced !== undefined) traced.content = new AnswerContent();
  }

  /** The process that served it is gone; `outcome`: what becomes of the request. */
  crashed(error: EngineClientError, outcome: string): void {
    if (!this.recording) return;
    this.#crashed = true;
    const { reason, signal } = crashDetails(error);
    this.#span.addEvent('mlx.crash', {
      'mlx.crash.reason': reason,
      'mlx.crash.signal': signal,
      'mlx.crash.message': error.message,
    });
    this.#span.addEvent(`mlx.${outcome}`);
  }

  end(error: EngineClientError | undefined, stats: GenerationStats | undefined): void {
    if (!this.recording) return;
    if (this.#crashed) this.#linkRestart();
    const parent = trace.setSpan(ROOT_CONTEXT, this.#span);
    for (const [index, { sentAt, finish }] of this.#answers) {
      const choice: Attributes = this.#answers.size > 1 ? { 'mlx.choice.index': index } : {};
      if (finish !== undefined) timelineSpans(parent, sentAt, finish.usage, choice);
    }
    if (stats !== undefined) this.#span.setAttributes(statsAttributes(stats));
    this.#describeAnswers();
    if (error !== undefined) failSpan(this.#span, error);
    this.#span.end();
  }

  #describeAnswers(): void {
    const answers = [...this.#answers.values()];
    const reasons = answers.flatMap(({ finish }) => finish?.reason ?? []);
    this.#span.setAttribute(genAi.responseFinishReasons, reasons);
    if (!this.#recordContent) return;
    const messages = answers.map(({ content, finish }) => content.message(finish?.reason));
    this.#span.setAttribute(genAi.outputMessages, JSON.stringify(messages));
  }

  #linkRestart(): void {
    const restart = this.#options.restart();
    if (restart === undefined || restart === this.#linked) return;
    this.#linked = restart;
    this.#span.addLink({ context: restart, attributes: { 'mlx.link': 'restart' } });
  }

  #now(): number {
    return this.#epoch + performance.now();
  }
}

function statsAttributes(stats: GenerationStats): Attributes {
  return {
    [genAi.responseModel]: stats.modelId,
    [genAi.responseTimeToFirstChunk]: stats.timeToFirstToken,
    [genAi.usageInputTokens]: stats.promptTokens,
    [genAi.usageOutputTokens]: stats.tokensGenerated,
    [genAi.usageReasoningTokens]: stats.reasoningTokens,
    [genAi.usageCacheReadTokens]: stats.cachedTokens,
    'mlx.tokens_per_second': stats.tokensPerSecond,
  };
}

function crashDetails({ details }: EngineClientError): { reason?: string; signal?: string } {
  return typeof details === 'object' && details !== null ? details : {};
}
