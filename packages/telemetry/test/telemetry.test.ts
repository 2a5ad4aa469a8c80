import getPort from 'get-port';
import { describe, expect, it, vi } from 'vitest';
import { batchGauges, cacheGauges, modelGauges, startTelemetry } from '../src/index.js';
import type { Telemetry } from '../src/index.js';
import { FakeEngine } from './support.js';

const withoutPort = { enabled: true, ownPort: false };

/** Sample lines of one metric. */
async function scrape(telemetry: Telemetry, name: string): Promise<string[]> {
  const text = await telemetry.exposition();
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('startTelemetry', () => {
  it('counts answers, tokens and times by model', async () => {
    const engine = new FakeEngine();
    await using telemetry = await startTelemetry(engine, withoutPort);
    for (const streamId of ['a', 'b', 'c']) engine.started(streamId);
    engine.completed('a');
    engine.failed('b');

    expect(await scrape(telemetry, 'mlx_generations_total')).toEqual([
      'mlx_generations_total{model="tiny",outcome="completed"} 1',
      'mlx_generations_total{model="tiny",outcome="error"} 1',
    ]);
    expect(await scrape(telemetry, 'mlx_generations_active')).toEqual([
      'mlx_generations_active{model="tiny"} 1',
    ]);
    expect(await scrape(telemetry, 'mlx_generation_tokens_total')).toEqual([
      'mlx_generation_tokens_total{model="tiny"} 10',
    ]);
    expect(await scrape(telemetry, 'mlx_prompt_tokens_total')).toEqual([
      'mlx_prompt_tokens_total{model="tiny",source="computed"} 40',
      'mlx_prompt_tokens_total{model="tiny",source="cache"} 60',
    ]);
    expect(await scrape(telemetry, 'mlx_errors_total')).toEqual([
      'mlx_errors_total{code="SidecarCrashed"} 1',
    ]);
    expect(await scrape(telemetry, 'mlx_time_to_first_token_seconds_sum')).toEqual([
      'mlx_time_to_first_token_seconds_sum{model="tiny"} 0.2',
    ]);
  });

  it('counts fields of requests that had no effect', async () => {
    await using telemetry = await startTelemetry(new FakeEngine(), withoutPort);
    const labels = { endpoint: '/v1/chat/completions', field: 'store' };
    telemetry.ignoredField(labels);
    telemetry.ignoredField(labels);
    expect(await scrape(telemetry, 'mlx_ignored_fields_total')).toEqual([
      'mlx_ignored_fields_total{endpoint="/v1/chat/completions",field="store"} 2',
    ]);
  });

  it('leaves speed out of an answer without tokens and counts what it did not see start', async () => {
    const engine = new FakeEngine();
    await using telemetry = await startTelemetry(engine, withoutPort);
    engine.completed('unseen', 0);
    const error = { code: 'ModelLoadError', message: 'no such model' } as const;
    engine.emit('error', { error, timestamp: Date.now() });

    expect(await scrape(telemetry, 'mlx_generation_tokens_total')).toEqual([
      'mlx_generation_tokens_total{model="unknown"} 0',
    ]);
    expect(await scrape(telemetry, 'mlx_generations_total')).toEqual([]);
    expect(await scrape(telemetry, 'mlx_tokens_per_second')).toEqual([]);
    expect(await scrape(telemetry, 'mlx_errors_total')).toEqual([
      'mlx_errors_total{code="ModelLoadError"} 1',
    ]);
  });

  it('follows models and the runtime status', async () => {
    const engine = new FakeEngine();
    await using telemetry = await startTelemetry(engine, withoutPort);
    const timestamp = Date.now();
    engine.emit('runtime:status', { status: 'ready', previousStatus: 'starting', timestamp });
    engine.emit('model:loaded', { model: 'tiny', timestamp });
    engine.emit('model:loaded', { model: 'large', timestamp });
    engine.emit('model:unloaded', { model: 'large', timestamp });
    engine.emit('model:invalidated', { model: 'tiny', reason: 'crash', timestamp });
    engine.emit('model:loaded', { model: 'tiny', timestamp });

    expect(await scrape(telemetry, 'mlx_models_loaded')).toEqual([
      'mlx_models_loaded{model="tiny"} 1',
      'mlx_models_loaded{model="large"} 0',
    ]);
    expect(await scrape(telemetry, 'mlx_model_invalidations_total')).toEqual([
      'mlx_model_invalidations_total{model="tiny"} 1',
    ]);
    expect(await scrape(telemetry, 'mlx_runtime_status_changes_total')).toEqual([
      'mlx_runtime_status_changes_total{status="ready"} 1',
    ]);
  });

  it('counts crashes and restarts by reason, and what became of the requests they met', async () => {
    const counters = {
      model: 'tiny',
      restartReasons: { signal: 2, heartbeat: 0 },
      crashes: { signal: 2, heartbeat: 1 },
      recoveries: { replayed: 4, resumed: 1, quarantined: 0, failed: 2 },
      droppedFrames: { malformedFrames: 5 },
      slowConsumers: 6,
      circuit: 'half-open',
    };
    await using telemetry = await startTelemetry(new FakeEngine(), {
      ...withoutPort,
      runtime: async () => [counters],
    });
    expect(await scrape(telemetry, 'mlx_runtime_restarts_total')).toEqual([
      'mlx_runtime_restarts_total{model="tiny",reason="signal"} 2',
      'mlx_runtime_restarts_total{model="tiny",reason="heartbeat"} 0',
    ]);
    expect(await scrape(telemetry, 'mlx_runtime_crashes_total')).toEqual([
      'mlx_runtime_crashes_total{model="tiny",reason="signal"} 2',
      'mlx_runtime_crashes_total{model="tiny",reason="heartbeat"} 1',
    ]);
    expect(await scrape(telemetry, 'mlx_recoveries_total')).toContain(
      'mlx_recoveries_total{model="tiny",outcome="replayed"} 4',
    );
    expect(await scrape(telemetry, 'mlx_dropped_frames_total')).toEqual([
      'mlx_dropped_frames_total{model="tiny",kind="malformedFrames"} 5',
    ]);
    expect(await scrape(telemetry, 'mlx_slow_consumers_total')).toEqual([
      'mlx_slow_consumers_total{model="tiny"} 6',
    ]);
    expect(await scrape(telemetry, 'mlx_circuit_state')).toEqual([
      'mlx_circuit_state{model="tiny",state="closed"} 0',
      'mlx_circuit_state{model="tiny",state="half-open"} 1',
      'mlx_circuit_state{model="tiny",state="open"} 0',
    ]);
    counters.restartReasons.heartbeat = 1;
    expect(await scrape(telemetry, 'mlx_runtime_restarts_total')).toContain(
      'mlx_runtime_restarts_total{model="tiny",reason="heartbeat"} 1',
    );
  });

  it('carries the service name', async () => {
    await using telemetry = await startTelemetry(new FakeEngine(), {
      enabled: true,
      serviceName: 'my-service',
      ownPort: false,
    });
    expect((await scrape(telemetry, 'target_info')).join('')).toContain(
      'service_name="my-service"',
    );
  });

  it("tells of an engine's rows, caches and weights by model", async () => {
    const rows = { queued: 3, prefilling: 1, decoding: 2, paused: 4 };
    const memory = { activeBytes: 100, residentBytes: 200 };
    const cache = {
      bytes: 4096,
      sharedBytes: 1024,
      hits: 3,
      misses: 1,
      hitTokens: 500,
      evictions: 2,
      kv: { usedBytes: 25, limitBytes: 100 },
    };
    await using telemetry = await startTelemetry(new FakeEngine(), {
      ...withoutPort,
      sample: async () => [
        ...batchGauges('tiny', { rows, meanBatchSize: 1.5, memory }),
        ...cacheGauges('tiny', cache),
        ...modelGauges('tiny', 77),
      ],
    });
    const sampled = await Promise.all(
      ['mlx_num', 'mlx_mean', 'mlx_kv', 'mlx_prefix', 'mlx_mem', 'mlx_proc', 'mlx_model_w'].map(
        (name) => scrape(telemetry, name),
      ),
    );
    expect(sampled.flat()).toEqual([
      'mlx_num_requests_running{model="tiny"} 3',
      'mlx_num_requests_waiting{model="tiny"} 3',
      'mlx_num_requests_paused{model="tiny"} 4',
      'mlx_mean_batch_size{model="tiny"} 1.5',
      'mlx_kv_cache_usage_perc{model="tiny"} 0.25',
      'mlx_kv_cache_used_bytes{model="tiny"} 25',
      'mlx_prefix_cache_bytes{model="tiny"} 4096',
      'mlx_prefix_cache_queries_total{model="tiny"} 4',
      'mlx_prefix_cache_hits_total{model="tiny"} 3',
      'mlx_prefix_cache_shared_bytes{model="tiny"} 1024',
      'mlx_prefix_cache_hit_tokens_total{model="tiny"} 500',
      'mlx_prefix_cache_evictions_total{model="tiny"} 2',
      'mlx_memory_active_bytes{model="tiny"} 100',
      'mlx_process_resident_bytes{model="tiny"} 200',
      'mlx_model_weight_bytes{model="tiny"} 77',
    ]);
  });

  it('says what the environment says the service is called', async () => {
    vi.stubEnv('OTEL_SERVICE_NAME', 'from-outside');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment=lab');
    await using telemetry = await startTelemetry(new FakeEngine(), {
      enabled: true,
      serviceName: 'my-service',
      ownPort: false,
    });
    expect(telemetry.metricsUrl).toBeUndefined();
    const text = await telemetry.exposition();
    expect(text).toContain('service_name="from-outside"');
    expect(text).toContain('deployment_environment="lab"');
    vi.unstubAllEnvs();
  });

  it('refreshes sampled gauges every export interval and reports NaN when they fail', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let queued = 3;
    const sample = vi.fn(async () => {
      if (queued < 0) throw new Error('no sidecar');
      return [
        { name: 'mlx_rows', description: 'Rows', value: queued, labels: { state: 'queued' } },
        { name: 'mlx_looks', description: 'Look-ups', value: queued, counter: true },
      ];
    });
    await using telemetry = await startTelemetry(new FakeEngine(), {
      ...withoutPort,
      exportIntervalMs: 1000,
      sample,
    });
    expect(await scrape(telemetry, 'mlx_rows')).toEqual(['mlx_rows{state="queued"} 3']);
    queued = 7;
    await vi.advanceTimersByTimeAsync(999);
    expect(sample).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await scrape(telemetry, 'mlx_rows')).toEqual(['mlx_rows{state="queued"} 7']);
    queued = -1;
    await vi.advanceTimersByTimeAsync(1000);
    expect(sample).toHaveBeenCalledTimes(3);
    expect(await scrape(telemetry, 'mlx_rows')).toEqual(['mlx_rows{state="queued"} NaN']);
    // A counter that cannot be read keeps what it had: NaN would look like a new beginning.
    expect(await scrape(telemetry, 'mlx_looks_total')).toEqual(['mlx_looks_total 7']);
    vi.useRealTimers();
  });

  it('asks for gauges again only after the last answer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const sample = vi.fn(() => new Promise<never>(() => {}));
    await using telemetry = await startTelemetry(new FakeEngine(), {
      ...withoutPort,
      exportIntervalMs: 1000,
      sample,
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(sample).toHaveBeenCalledTimes(1);
    expect(await scrape(telemetry, 'mlx_rows')).toEqual([]);
    vi.useRealTimers();
  });

  it('listens to nothing and opens nothing when disabled', async () => {
    const engine = new FakeEngine();
    const telemetry = await startTelemetry(engine, { enabled: false });
    expect(telemetry.metricsUrl).toBeUndefined();
    expect(await telemetry.exposition()).toBe('');
    expect(engine.eventNames()).toEqual([]);
    await telemetry.stop();
  });

  it('detaches from the engine and closes the endpoint when stopped', async () => {
    const engine = new FakeEngine();
    const telemetry = await startTelemetry(engine, {
      enabled: true,
      prometheusPort: await getPort(),
    });
    engine.started('a');
    const response = await fetch(telemetry.metricsUrl ?? '');
    expect(await response.text()).toContain('mlx_generations_active{model="tiny"} 1');
    await telemetry.stop();
    expect(engine.eventNames()).toEqual([]);
    await expect(fetch(telemetry.metricsUrl ?? '')).rejects.toThrow('fetch failed');
  });

  it('says which setting to change when the port is taken', async () => {
    const prometheusPort = await getPort();
    await using first = await startTelemetry(new FakeEngine(), { enabled: true, prometheusPort });
    expect(first.metricsUrl).toContain(String(prometheusPort));
    await expect(
      startTelemetry(new FakeEngine(), { enabled: true, prometheusPort }),
    ).rejects.toMatchObject({
      code: 'RuntimeError',
      message: expect.stringContaining('telemetry.prometheus_port'),
    });
  });

  it('refuses a privileged port', async () => {
    await expect(
      startTelemetry(new FakeEngine(), { enabled: true, prometheusPort: 80 }),
    ).rejects.toMatchObject({
      code: 'InvalidParams',
      message: expect.stringContaining('Port must be at least 1024 (non-privileged)'),
    });
  });
});
