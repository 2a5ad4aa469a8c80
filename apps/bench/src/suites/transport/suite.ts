import type { Suite } from '../benchmark.ts';
import { http } from './http.ts';
import { httpLatency } from './http-latency.ts';
import { latency } from './latency.ts';
import { slowConsumer } from './slow-consumer.ts';
import { throughput } from './throughput.ts';

export const transport: Suite = {
  name: 'transport',
  description: 'Bridge, engine and HTTP alone, with a fake sidecar whose tokens cost nothing.',
  benchmarks: [throughput, latency, slowConsumer, http, httpLatency],
};
