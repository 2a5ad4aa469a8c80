import * as fc from 'fast-check';
import { test } from 'vitest';
import {
  DELAY_MS,
  MAX_RESTARTS,
  Real,
  WINDOW_MS,
  initialModel,
  passingError,
  permanentError,
} from './supervised-model.js';
import { settle } from '../support/virtual-clock.js';
import type { Model } from './supervised-model.js';

type Command = fc.AsyncCommand<Model, Real>;

/** A command that is always possible; `model` first, then the same to the real one. */
function command(
  name: string,
  plan: (model: Model) => void,
  act: (real: Real) => unknown,
): Command {
  return {
    check: () => true,
    toString: () => name,
    run: async (model, real) => {
      plan(model);
      await act(real);
      await real.check(model);
    },
  };
}

/** A command for one phase of a start, or for the time a process is ready. */
function inPhase(phase: Model['phase'], inner: Command): Command {
  return { ...inner, check: (model) => model.state === 'starting' && model.phase === phase };
}

function begin(model: Model): void {
  model.state = 'starting';
  model.phase = 'handshake';
  model.recovering = false;
  model.restarts = [];
}

function crash(model: Model): void {
  model.phase = 'none';
  model.restarts = model.restarts.filter((moment) => model.now - moment < WINDOW_MS);
  if (model.restarts.length >= MAX_RESTARTS) {
    model.state = 'failed';
    return;
  }
  model.restarts.push(model.now);
  model.retryAt = model.now + DELAY_MS;
  model.state = 'restarting';
}

function failStart(model: Model, retryable: boolean): void {
  if (model.recovering && retryable) {
    crash(model);
    return;
  }
  model.state = 'failed';
  model.phase = 'none';
}

function pass(model: Model, ms: number): void {
  model.now += ms;
  if (model.state !== 'restarting' || model.now < model.retryAt) return;
  model.state = 'starting';
  model.phase = 'handshake';
}

function hooked(model: Model): void {
  model.state = 'ready';
  model.phase = 'none';
  model.recovering = true;
}

const start = command(
  'start',
  (model) => {
    if (model.state === 'stopped') begin(model);
  },
  (real) => real.watch(real.supervisor.start()),
);

const stop = command(
  'stop',
  (model) => {
    model.state = 'stopped';
    model.phase = 'none';
  },
  (real) => real.watch(real.supervisor.stop()),
);

const reset = command(
  'reset',
  (model) => {
    if (model.state === 'failed') begin(model);
  },
  (real) => real.watch(real.supervisor.reset()),
);

const waitUntilReady = command(
  'wait until ready',
  () => {},
  (real) => real.watch(real.supervisor.ready()),
);

const crashNow = command(
  'crash',
  (model) => {
    if (model.state === 'ready') crash(model);
    else if (model.state === 'starting') failStart(model, true);
  },
  (real) => real.current?.die(),
);

const spareDies = command(
  'the spare dies',
  () => {},
  (real) => {
    const current = real.current;
    real.processes.find((process) => process.alive && process !== current)?.die();
  },
);

const comesUp = inPhase(
  'handshake',
  command('comes up', hooked, async (real) => {
    real.current?.shake();
    await settle();
    real.hook?.resolve();
  }),
);

const handshakeSucceeds = inPhase(
  'handshake',
  command(
    'handshake succeeds',
    (model) => {
      model.phase = 'hook';
    },
    (real) => real.current?.shake(),
  ),
);

const handshakeRefused = inPhase(
  'handshake',
  command(
    'handshake is refused',
    (model) => failStart(model, false),
    (real) => real.current?.refuse(permanentError),
  ),
);

const hookSucceeds = inPhase(
  'hook',
  command('start hook succeeds', hooked, (real) => real.hook?.resolve()),
);

const hookFails = (retryable: boolean) =>
  inPhase(
    'hook',
    command(
      `start hook fails, ${retryable ? 'for now' : 'for good'}`,
      (model) => failStart(model, retryable),
      (real) => real.hook?.reject(retryable ? passingError : permanentError),
    ),
  );

const timePasses = (ms: number) =>
  command(
    `${ms} ms pass`,
    (model) => pass(model, ms),
    (real) => real.clock.advance(ms),
  );

/** What keeps a supervisor going is listed more often, so that budgets get used up. */
const commands = [
  ...[start, reset, comesUp, crashNow, timePasses(DELAY_MS)].flatMap((often) =>
    [often, often, often].map((each) => fc.constant(each)),
  ),
  ...[stop, waitUntilReady, spareDies].map((rare) => fc.constant(rare)),
  ...[handshakeSucceeds, handshakeRefused, hookSucceeds].map((rare) => fc.constant(rare)),
  fc.boolean().map(hookFails),
  fc.integer({ min: 1, max: 8000 }).map(timePasses),
];

test('every order of starts, stops, crashes and waits follows the state table', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (sequence) => {
      await fc.asyncModelRun(() => ({ model: initialModel(), real: new Real() }), sequence);
    }),
    { numRuns: 500 },
  );
}, 60_000);
