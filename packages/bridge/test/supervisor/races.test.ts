import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { settle } from '../support/virtual-clock.js';
import { DELAY_MS, Real, permanentError } from './supervised-model.js';

/** What may happen around one stop, in any order and any interleaving with the promises in between. */
const happenings: Record<string, (real: Real) => unknown> = {
  'the handshake succeeds': (real) => real.current?.shake(),
  'the start hook succeeds': (real) => real.hook?.resolve(),
  'the start hook fails': (real) => real.hook?.reject(permanentError),
  'the process dies': (real) => real.current?.die(),
  'the back-off passes': (real) => real.clock.advance(DELAY_MS),
  'the spare is launched': (real) => real.clock.advance(50),
  'somebody starts it again': (real) => real.watch(real.supervisor.start()),
  'somebody waits': (real) => real.watch(real.supervisor.ready()),
};

test('whatever happens around it, a stop leaves no process, timer or waiting caller', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom(...Object.keys(happenings)), { maxLength: 12 }),
      async (scheduler, names) => {
        const real = new Real();
        real.watch(real.supervisor.start());
        for (const name of names) {
          void scheduler.schedule(Promise.resolve(), name).then(() => happenings[name]?.(real));
        }
        void scheduler
          .schedule(Promise.resolve(), 'stop')
          .then(() => real.watch(real.supervisor.stop()));
        await scheduler.waitAll();
        // Nothing that was started after the stop may keep running after this one.
        real.watch(real.supervisor.stop());
        await settle();
        expect(real.supervisor.state).toBe('stopped');
        expect(real).toMatchObject({ alive: 0, unsettled: 0 });
        await real.clock.advance(100_000);
        expect(real).toMatchObject({ alive: 0, clock: { pendingTimers: 0 } });
      },
    ),
    { numRuns: 500 },
  );
});

test('a listener that stops it at any change of state is obeyed', async () => {
  for (const stopAt of ['starting', 'ready', 'restarting', 'failed']) {
    const real = new Real();
    real.supervisor.on('state', (state) => {
      if (state === stopAt) real.watch(real.supervisor.stop());
    });
    real.watch(real.supervisor.start());
    await settle();
    real.current?.shake();
    await settle();
    real.hook?.resolve();
    for (let crashes = 0; crashes < 4; crashes += 1) {
      await real.clock.advance(DELAY_MS);
      real.current?.die();
    }
    await real.clock.advance(DELAY_MS);
    expect({ stopAt, state: real.supervisor.state, alive: real.alive }).toEqual({
      stopAt,
      state: 'stopped',
      alive: 0,
    });
    expect(real.unsettled).toBe(0);
  }
});
