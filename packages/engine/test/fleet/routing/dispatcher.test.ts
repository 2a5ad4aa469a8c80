import { describe, expect, it } from 'vitest';
import { Dispatcher, type OnPlaced } from '../../../src/fleet/routing/index.js';
import { request, worker } from './support/views.js';

type Told = Parameters<OnPlaced>[0];

function submit(dispatcher: Dispatcher, changes: Parameters<typeof request>[0] = {}) {
  const one = request(changes);
  const told: Told[] = [];
  dispatcher.submit(one, (choice) => told.push(choice));
  return { id: one.id, told };
}

describe('Dispatcher', () => {
  it('places at once where there is a place, and else when one is free', () => {
    const dispatcher = new Dispatcher();
    dispatcher.announce(worker('a', { slots: 1 }));
    const placed = [submit(dispatcher), submit(dispatcher), submit(dispatcher)];
    expect(placed.map(({ told }) => told.length)).toEqual([1, 1, 0]);
    expect(dispatcher.waiting).toBe(1);
    dispatcher.finished(placed[0]?.id ?? '', true);
    expect(placed[2]?.told).toMatchObject([{ type: 'placed', workerId: 'a' }]);
    expect(dispatcher.waiting).toBe(0);
  });

  it('a worker that joins gets what waits', () => {
    const dispatcher = new Dispatcher();
    dispatcher.announce(worker('a', { slots: 1, requests: 2 }));
    const { told } = submit(dispatcher);
    expect(told).toEqual([]);
    dispatcher.announce(worker('b'));
    expect(told).toMatchObject([{ workerId: 'b' }]);
  });

  it('what waits is told when the last worker is gone', () => {
    const dispatcher = new Dispatcher();
    dispatcher.announce(worker('a', { slots: 1, requests: 2 }));
    const { told } = submit(dispatcher);
    dispatcher.leave('a');
    expect(told).toEqual([{ type: 'absent' }]);
  });

  it('a request that was withdrawn is never placed', () => {
    const dispatcher = new Dispatcher();
    dispatcher.announce(worker('a', { slots: 1, requests: 2 }));
    const { id, told } = submit(dispatcher);
    expect(dispatcher.withdraw(id)).toBe(true);
    dispatcher.announce(worker('a'));
    expect(told).toEqual([]);
    expect(dispatcher.withdraw(id)).toBe(false);
  });

  it("a tenant's burst leaves the next place to another tenant", () => {
    const dispatcher = new Dispatcher();
    dispatcher.announce(worker('a', { slots: 4 }));
    const burst = Array.from({ length: 50 }, () => submit(dispatcher, { tenant: 'loud' }));
    const quiet = submit(dispatcher, { tenant: 'quiet' });
    expect(quiet.told).toEqual([]);
    for (const { id } of burst.slice(0, 2)) dispatcher.finished(id, true);
    expect(quiet.told).toMatchObject([{ type: 'placed' }]);
  });

  it('requests that wait for the only worker with their adapter hold up no others', () => {
    const dispatcher = new Dispatcher();
    const law = { adapters: new Map([['law', 'f:law']]) };
    dispatcher.announce(worker('tuned', { ...law, slots: 1, requests: 2 }));
    dispatcher.announce(worker('plain', { slots: 1, requests: 2 }));
    const tuned = [1, 2, 3].map(() => submit(dispatcher, { adapter: 'law' }));
    const plain = submit(dispatcher);
    const blind = submit(dispatcher, { vision: true });
    expect([...tuned, plain].map(({ told }) => told)).toEqual([[], [], [], []]);
    expect(blind.told).toEqual([{ type: 'absent' }]);
    dispatcher.announce(worker('plain', { slots: 1 }));
    expect(plain.told).toMatchObject([{ workerId: 'plain' }]);
    dispatcher.announce(worker('tuned', { ...law, slots: 2, requests: 2 }));
    expect(tuned.map(({ told }) => told.length)).toEqual([1, 0, 0]);
    expect(dispatcher.pressure('m')).toEqual({ load: 6, slots: 3 });
  });

  it('an answer with an adapter goes on only where model and adapter are equal', () => {
    const dispatcher = new Dispatcher();
    dispatcher.announce(worker('a', { adapters: new Map([['law', 'first']]) }));
    dispatcher.announce(worker('b', { adapters: new Map([['law', 'second']]) }));
    const { told } = submit(dispatcher, { adapter: 'law', fingerprint: 'second' });
    expect(told).toMatchObject([{ workerId: 'b' }]);
  });

  it('requests may be submitted and finished from inside of a placement', () => {
    const dispatcher = new Dispatcher();
    dispatcher.announce(worker('a', { slots: 1 }));
    const order: string[] = [];
    const chain = (left: number): void => {
      const one = request();
      dispatcher.submit(one, () => {
        order.push(one.id);
        if (left > 0) chain(left - 1);
        dispatcher.finished(one.id, true);
      });
    };
    chain(20);
    expect(order).toHaveLength(21);
    expect(dispatcher.waiting).toBe(0);
  });
});
