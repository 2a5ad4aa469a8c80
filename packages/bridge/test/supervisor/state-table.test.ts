import { describe, expect, test } from 'vitest';
import { nextState } from '../../src/supervisor/state-table.js';
import type { SupervisorEvent, SupervisorState } from '../../src/supervisor/state-table.js';

const states: SupervisorState[] = ['stopped', 'starting', 'ready', 'restarting', 'failed'];
const events: SupervisorEvent[] = [
  'start',
  'started',
  'crashed',
  'backedOff',
  'gaveUp',
  'reset',
  'stop',
];

const leaving = (state: SupervisorState) =>
  events.filter((event) => nextState(state, event) !== undefined);

describe('the state table', () => {
  test('stop leads to stopped from everywhere else', () => {
    for (const state of states) {
      expect(nextState(state, 'stop')).toBe(state === 'stopped' ? undefined : 'stopped');
    }
  });

  test('nothing but start leaves stopped, and nothing but reset and stop leaves failed', () => {
    expect(leaving('stopped')).toEqual(['start']);
    expect(leaving('failed')).toEqual(['reset', 'stop']);
  });

  test('every state can be reached from stopped', () => {
    const reached = new Set<SupervisorState>(['stopped']);
    for (const state of reached) {
      for (const event of leaving(state)) reached.add(nextState(state, event) ?? state);
    }
    expect(reached).toEqual(new Set(states));
  });
});
