import { RuntimeConfigSchema } from '@mlx/schemas';
import { getMetricsFromIterator, type PromData, type PromHistogramData } from 'prom2javascript';
import { expect, it, onTestFinished } from 'vitest';
import { createHandler } from '../../src/index.js';
import { serveMetrics } from '../../src/serve/serve-metrics.js';
import { fakeEngine, FAKE_MODEL } from '../support/fake-engine.js';
import { get, post } from '../support/requests.js';

const REQUESTS = 300;
const TIMEOUT_MS = 30_000;
const AT_ONCE = 50;

it(
  'what was scraped adds up to what clients counted, token for token',
  { timeout: TIMEOUT_MS },
  async () => {
    const { handler, scrape } = await measuredHandler();
    let prompt = 0;
    let answer = 0;
    let last = 0;
    const ask = async (number: number) => {
      const body = { model: FAKE_MODEL, prompt: 'Hi', max_tokens: 1 + (number % 7) };
      const response = await handler.fetch(post('/v1/completions', body));
      const { usage } = (await response.json()) as {
        usage: { prompt_tokens: number; completion_tokens: number };
      };
      prompt += usage.prompt_tokens;
      answer += usage.completion_tokens;
    };
    for (let done = 0; done < REQUESTS; done += AT_ONCE) {
      const asked = Array.from({ length: AT_ONCE }, (_, index) => ask(done + index));
      const during = total(await scrape(), 'mlx_generation_tokens_total');
      expect(during).toBeGreaterThanOrEqual(last);
      last = during;
      await Promise.all(asked);
    }
    const metrics = await scrape();
    expect(total(metrics, 'mlx_generation_tokens_total')).toBe(answer);
    expect(total(metrics, 'mlx_prompt_tokens_total')).toBe(prompt);
    expect(total(metrics, 'mlx_request_success_total')).toBe(REQUESTS);
    expect(total(metrics, 'mlx_generations_active')).toBe(0);
    expect(count(metrics, 'mlx_e2e_request_latency_seconds')).toBe(REQUESTS);
    expect(count(metrics, 'mlx_inter_token_latency_seconds')).toBe(answer - REQUESTS);
  },
);

it('names of models that are not served leave nothing behind', async () => {
  const { handler, scrape } = await measuredHandler();
  const before = Object.keys(await scrape());
  for (let number = 0; number < 40; number += 1) {
    const model = number % 2 === 0 ? `odd-${number}` : `odd-"${number}"\n\\{}`;
    const response = await handler.fetch(post('/v1/completions', { model, prompt: 'Hi' }));
    expect(response.status).toBe(number % 2 === 0 ? 404 : 400);
  }
  const text = await (await handler.fetch(get('/metrics'))).text();
  expect(text).not.toContain('odd-');
  expect(Object.keys(await scrape())).toEqual(expect.arrayContaining(before));
});

it('the main port has metrics behind the key, and none where nobody measures', async () => {
  const { handler } = await measuredHandler('key');
  expect((await handler.fetch(get('/metrics'))).status).toBe(401);
  const response = await handler.fetch(get('/metrics', { authorization: 'Bearer key' }));
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toContain('target_info{');
  const plain = createHandler(await fakeEngine({}));
  expect((await plain.fetch(get('/metrics'))).status).toBe(404);
});

async function measuredHandler(apiKey?: string) {
  const engine = await fakeEngine({});
  const telemetry = await serveMetrics(engine, RuntimeConfigSchema.parse({}));
  onTestFinished(() => telemetry.stop());
  const handler = createHandler(engine, { apiKey, metrics: () => telemetry.exposition() });
  const scrape = async () => {
    const response = await handler.fetch(get('/metrics'));
    return getMetricsFromIterator((await response.text()).split('\n').values());
  };
  return { handler, scrape };
}

type Metrics = Awaited<ReturnType<typeof getMetricsFromIterator>>;

function total(metrics: Metrics, name: string): number {
  const samples = (metrics[name]?.data ?? []) as PromData[];
  return samples.reduce((sum, { value }) => sum + value, 0);
}

function count(metrics: Metrics, name: string): number {
  const series = (metrics[name]?.data ?? []) as PromHistogramData[];
  return series.reduce((sum, one) => sum + one.count, 0);
}
