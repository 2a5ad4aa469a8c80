import { describe, expect, test } from 'vitest';
import { nextState, supervisorTable } from '../../src/supervisor/state-table.js';
import type { SupervisorEvent, SupervisorState } from '../../src/supervisor/state-table.js';

const states = Object.keys(supervisorTable) as SupervisorState[];

describe('the state table', () => {
  test('stop leads to stopped from everywhere else', () => {
    for (const state of states) {
      expect(nextState(state, 'stop')).toBe(state === 'stopped' ? undefined : 'stopped');
    }
  });

  test('nothing but start leaves stopped, and nothing but reset and stop leaves failed', () => {
    expect(Object.keys(supervisorTable.stopped)).toEqual(['start']);
    expect(Object.keys(supervisorTable.failed).toSorted()).toEqual(['reset', 'stop']);
  });

  test('every state can be reached from stopped', () => {
    const reached = new Set<SupervisorState>(['stopped']);
    for (const state of reached) {
      for (const event of Object.keys(supervisorTable[state]) as SupervisorEvent[]) {
        const next = nextState(state, event);
        if (next !== undefined) reached.add(next);
      }
    }
    expect([...reached].toSorted()).toEqual(states.toSorted());
  });
});
