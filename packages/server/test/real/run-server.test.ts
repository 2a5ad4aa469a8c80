import { once } from 'node:events';
import { request } from 'node:http';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { RuntimeConfigSchema } from '@mlx/schemas';
import getPort from 'get-port';
import { expect, it, vi } from 'vitest';
import { runServer, type ServerOptions } from '../../src/serve/run-server.js';
import { RecordingLogger } from '../support/recording-logger.js';

const TIMEOUT_MS = 60_000;

function options(logger: RecordingLogger, changes: Partial<ServerOptions>): ServerOptions {
  return {
    logger,
    host: '127.0.0.1',
    port: 0,
    models: [{ model: DEFAULT_MODEL_ID }],
    config: RuntimeConfigSchema.parse({}),
    apiKeys: [],
    insecure: false,
    strict: false,
    aliases: {},
    allowedHosts: [],
    allowedOrigins: [],
    imageHosts: [],
    page: false,
    mcpServers: {},
    stop: new Promise(() => {}),
    ...changes,
  };
}

/** A server that runs until `stop` is called. */
function serve(changes: Parameters<typeof options>[1] = {}) {
  const logger = new RecordingLogger();
  const { promise, resolve } = Promise.withResolvers<string>();
  const served = runServer(options(logger, { stop: promise, ...changes }));
  return { logger, served, stop: resolve };
}

it(
  'listens at once, becomes ready, and stops with nothing left',
  { timeout: TIMEOUT_MS },
  async () => {
    const { logger, served, stop } = serve();
    const { url } = await logger.entry('listening');
    const early = await fetch(`${String(url)}/readyz`);
    expect(early.status).toBe(503);
    expect(await early.json()).toMatchObject({ state: 'loading' });
    await logger.entry('model ready');
    expect((await fetch(`${String(url)}/readyz`)).status).toBe(200);
    stop('SIGTERM');
    await served;
    await expect(fetch(`${String(url)}/healthz`)).rejects.toThrow();
  },
);

it(
  'serves Prometheus metrics of the engine when telemetry is on',
  { timeout: TIMEOUT_MS },
  async () => {
    const telemetry = {
      enabled: true,
      service_name: 'my-models',
      prometheus_port: await getPort(),
      export_interval_ms: 1000,
    };
    const metrics = { export_interval_ms: 500 };
    const config = RuntimeConfigSchema.parse({ telemetry, stream_registry: { metrics } });
    const { logger, served, stop } = serve({ config });
    const { url } = await logger.entry('metrics');
    expect(url).toBe(`http://127.0.0.1:${telemetry.prometheus_port}/metrics`);
    await logger.entry('model ready');
    const scrape = async () => (await fetch(String(url))).text();
    await vi.waitFor(
      async () => expect(await scrape()).toContain('mlx_num_requests_waiting{'),
      5000,
    );
    expect(await scrape()).toContain('mlx_models_loaded{model=');
    expect(await scrape()).toContain('mlx_runtime_restarts_total{model=');
    expect(await scrape()).toContain('service_name="my-models"');
    stop('SIGTERM');
    await served;
    await expect(fetch(String(url))).rejects.toThrow();
  },
);

it(
  'stops in the middle of loading, also where requests wait',
  { timeout: TIMEOUT_MS },
  async () => {
    const { logger, served, stop } = serve();
    const { url } = await logger.entry('listening');
    const headers = { 'content-type': 'application/json' };
    const waiting = request(`${String(url)}/v1/completions`, { method: 'POST', headers });
    const answered = once(waiting, 'response');
    waiting.end(JSON.stringify({ model: DEFAULT_MODEL_ID, prompt: 'x' }));
    await once(waiting, 'finish');
    // It has arrived when what was sent later is answered.
    await fetch(`${String(url)}/healthz`);
    const startedAt = performance.now();
    stop('SIGTERM');
    await served;
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await answered).toMatchObject([{ statusCode: 503 }]);
    expect(await logger.entry('stopping')).toMatchObject({ active: 1 });
  },
);

it('fails when the model cannot be had', { timeout: TIMEOUT_MS }, async () => {
  const logger = new RecordingLogger();
  const served = runServer(options(logger, { models: [{ model: '/nowhere/model' }] }));
  await expect(served).rejects.toMatchObject({ name: 'EngineClientError' });
});

it('refuses to listen beyond loopback without a key', async () => {
  const served = runServer(options(new RecordingLogger(), { host: '0.0.0.0' }));
  await expect(served).rejects.toThrow('MLX_API_KEY');
});
