import { EngineClientError, cancelledError } from '@mlx/schemas';
import { describe, expect, test } from 'vitest';
import { CircuitBreaker } from '../../src/resilience/circuit-breaker.js';
import type { CircuitBreakerOptions } from '../../src/resilience/circuit-breaker.js';
import { deferred } from '../support/deferred.js';
import { rejection } from '../support/sidecars.js';
import { VirtualClock } from '../support/virtual-clock.js';

const crash = () => Promise.reject(new EngineClientError('SidecarCrashed', 'gone'));
const refuse = () => Promise.reject(new EngineClientError('InvalidParams', 'no'));
const succeed = () => Promise.resolve('fine');

function breaker(options: CircuitBreakerOptions = {}, random = 0) {
  const clock = new VirtualClock();
  const circuit = new CircuitBreaker(clock, () => random, { failureThreshold: 2, ...options });
  return { clock, circuit };
}

async function fail(circuit: CircuitBreaker, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await rejection(circuit.run(crash));
}

describe('CircuitBreaker', () => {
  test('opens at the threshold and says when to come back', async () => {
    const { circuit, clock } = breaker();
    await fail(circuit, 2);
    await clock.advance(4000);
    expect(circuit.state).toBe('open');
    expect(await rejection(circuit.run(succeed))).toMatchObject({
      code: 'Overloaded',
      retryable: true,
      details: { type: 'circuit_open', retryAfterMs: 6000 },
    });
  });

  test('forgets failures older than the window', async () => {
    const { circuit, clock } = breaker({ failureWindowMs: 1000 });
    await fail(circuit, 1);
    await clock.advance(1000);
    await fail(circuit, 1);
    expect(circuit.state).toBe('closed');
  });

  test('takes a refusal for proof that the other side works', async () => {
    const { circuit } = breaker();
    for (let count = 0; count < 10; count += 1) await rejection(circuit.run(refuse));
    expect(circuit.state).toBe('closed');
  });

  test('lets one probe through after the recovery time; its success closes the circuit', async () => {
    const { circuit, clock } = breaker({ recoveryTimeoutMs: 500 });
    await fail(circuit, 2);
    await clock.advance(500);
    const probe = deferred();
    const probing = circuit.run(() => probe.promise);
    expect(circuit.state).toBe('half-open');
    expect(await rejection(circuit.run(succeed))).toMatchObject({ code: 'Overloaded' });
    probe.resolve();
    await probing;
    expect(circuit.state).toBe('closed');
    expect(await circuit.run(succeed)).toBe('fine');
  });

  test('opens again when the probe fails', async () => {
    const { circuit, clock } = breaker({ recoveryTimeoutMs: 500 });
    await fail(circuit, 2);
    await clock.advance(500);
    await fail(circuit, 1);
    expect(circuit.state).toBe('open');
    await clock.advance(499);
    expect(await rejection(circuit.run(succeed))).toMatchObject({ details: { retryAfterMs: 1 } });
  });

  test('a probe that its caller gives up proves nothing; the next one does', async () => {
    const { circuit, clock } = breaker({ recoveryTimeoutMs: 500 });
    await fail(circuit, 2);
    await clock.advance(500);
    await rejection(circuit.run(() => Promise.reject(cancelledError('left'))));
    expect(circuit.state).toBe('half-open');
    expect(await circuit.run(succeed)).toBe('fine');
    expect(circuit.state).toBe('closed');
  });

  test('wants as many successful probes as configured, and allows as many at once', async () => {
    const { circuit, clock } = breaker({ halfOpenMaxCalls: 2, halfOpenSuccessThreshold: 3 });
    await fail(circuit, 2);
    await clock.advance(10_000);
    await Promise.all([circuit.run(succeed), circuit.run(succeed)]);
    expect(circuit.state).toBe('half-open');
    await circuit.run(succeed);
    expect(circuit.state).toBe('closed');
  });

  test('spreads the probes of many clients', async () => {
    const { circuit, clock } = breaker({ recoveryTimeoutMs: 1000 }, 1);
    await fail(circuit, 2);
    await clock.advance(1099);
    expect(circuit.state).toBe('open');
    expect(await rejection(circuit.run(succeed))).toMatchObject({ code: 'Overloaded' });
    await clock.advance(1);
    expect(await circuit.run(succeed)).toBe('fine');
  });

  test('a call that began before the circuit opened does not disturb it', async () => {
    const { circuit } = breaker();
    const slow = deferred();
    const early = circuit.run(() => slow.promise);
    await fail(circuit, 2);
    slow.resolve();
    await early;
    expect(circuit.state).toBe('open');
  });
});
