import { describe, expect, it, vi } from 'vitest';
import { startTelemetry } from '../src/index.js';
import type { AnswerMetrics } from '../src/index.js';
import { FakeEngine } from './support.js';

/** What is scraped after one answer that was completed and one that was cancelled. */
async function scrapeWith(answers: AnswerMetrics): Promise<string> {
  const engine = new FakeEngine();
  await using telemetry = await startTelemetry(engine, { enabled: true, ownPort: false, answers });
  engine.started('a');
  engine.started('b');
  engine.completed('a');
  engine.failed('b', 'Cancelled');
  return telemetry.exposition();
}

const ANSWERS =
  /^(?:gen_ai|mlx_(?:generat|prompt_tokens|time_to_first|tokens_per_second|request|e2e|inter))/m;

describe('answers', () => {
  it('are measured whole unless something else is wanted', async () => {
    const text = await scrapeWith({});
    for (const name of [
      'mlx_time_to_first_token_seconds_count{model="tiny"',
      'mlx_tokens_per_second_count{model="tiny"',
      'mlx_generations_total{model="tiny",outcome="cancelled"',
    ]) {
      expect(text).toContain(name);
    }
  });

  it.each([
    ['trackTtft', 'mlx_time_to_first_token_seconds_count{'],
    ['trackThroughput', 'mlx_tokens_per_second_count{'],
    ['trackCancellations', 'outcome="cancelled"'],
  ] as const)('leave out what %s: false is about, and nothing else', async (option, left) => {
    const text = await scrapeWith({ [option]: false });
    expect(text).not.toContain(left);
    expect(text).toContain('mlx_generations_total{model="tiny",outcome="completed"');
    expect(text).toMatch(/mlx_generations_active\{model="tiny".*\} 0/);
  });

  it('are not measured at all with enabled: false, errors still are', async () => {
    const text = await scrapeWith({ enabled: false });
    expect(text).not.toMatch(ANSWERS);
    expect(text).toContain('mlx_errors_total{code="Cancelled"');
  });

  it('have gauges of their own, asked for every exportIntervalMs', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const sample = vi.fn(async () => []);
    const answers = { sample, exportIntervalMs: 200 };
    await using _telemetry = await startTelemetry(new FakeEngine(), {
      enabled: true,
      ownPort: false,
      answers,
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sample).toHaveBeenCalledTimes(6);
    vi.useRealTimers();
  });
});
