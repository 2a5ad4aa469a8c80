import * as z from 'zod';
import { atMost, type Measurement } from '../../measure/measurement.ts';
import type { Benchmark } from '../benchmark.ts';
import { MODEL } from '../transport/fake-engine.ts';
import { startWatchedServer } from './watched-server.ts';

const REQUESTS = 10_000;
const AT_ONCE = 100;
const SCRAPE_EVERY = 1000;

const Answer = z.object({
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }),
});

/** Ten thousand requests over HTTP, scraped all the while: what was counted is what clients got. */
export const exactCounts: Benchmark = {
  id: 'exact-counts',
  async measure({ progress }): Promise<Measurement[]> {
    await using watched = await startWatchedServer();
    const { url } = watched.server;
    const counted = { prompt: 0, answer: 0 };
    let fellBack = 0;
    let last = 0;
    for (let done = 0; done < REQUESTS; done += AT_ONCE) {
      const asked = Array.from({ length: AT_ONCE }, (_, index) => ask(url, done + index, counted));
      if (done % SCRAPE_EVERY === 0) {
        progress(`${done} of ${REQUESTS} requests`);
        const now = await scrape(url, 'mlx_generation_tokens_total');
        if (now < last) fellBack += 1;
        last = now;
      }
      await Promise.all(asked);
    }
    const [answer, prompt, successes] = [
      await scrape(url, 'mlx_generation_tokens_total'),
      await scrape(url, 'mlx_prompt_tokens_total'),
      await scrape(url, 'mlx_request_success_total'),
    ];
    return [
      difference(
        'answer-tokens',
        'generated tokens scraped beyond those counted',
        answer,
        counted.answer,
      ),
      difference(
        'prompt-tokens',
        'prompt tokens scraped beyond those counted',
        prompt,
        counted.prompt,
      ),
      difference('requests', 'requests scraped beyond those made', successes, REQUESTS),
      difference('fell-back', 'scrapes that told less than the one before', fellBack, 0),
    ];
  },
};

function difference(id: string, title: string, scraped: number, counted: number): Measurement {
  const values = [Math.abs(scraped - counted)];
  return { kind: 'reading', id, title, unit: '', bar: atMost(0), values, note: `of ${counted}` };
}

async function ask(
  url: string,
  number: number,
  counted: { prompt: number; answer: number },
): Promise<void> {
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, prompt: 'Hi', max_tokens: 1 + (number % 16) }),
  });
  const { usage } = Answer.parse(await response.json());
  counted.prompt += usage.prompt_tokens;
  counted.answer += usage.completion_tokens;
}

/** The sum of a metric over its labels. */
async function scrape(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
