/**
 * - `new`: nothing was asked for yet.
 * - `open`: more may come.
 * - `paused`: more would come, but there is no room for it.
 * - `ending`: all has come, and not all of it was taken.
 * - `left`: nobody listens any more; the other side has yet to confirm.
 * - `over`: it is done, whatever came of it.
 */
export type LifeState = 'new' | 'open' | 'paused' | 'ending' | 'left' | 'over';

export type LifeEvent = 'open' | 'pause' | 'resume' | 'end' | 'leave' | 'close';

type Table = Record<LifeState, Partial<Record<LifeEvent, LifeState>>>;

/** Where each event leads a stream, a call or an answer from each state. What is not listed means nothing there. */
const table = {
  new: { open: 'open', leave: 'over', close: 'over' },
  open: { pause: 'paused', end: 'ending', leave: 'left', close: 'over' },
  paused: { resume: 'open', end: 'ending', leave: 'left', close: 'over' },
  ending: { leave: 'over', close: 'over' },
  left: { end: 'over', close: 'over' },
  over: {},
} as const satisfies Table;

/** The one life cycle of everything that is under way for a while and ends once. */
export class LifeCycle {
  #state: LifeState = 'new';

  get state(): LifeState {
    return this.#state;
  }

  /** Takes the step that the event asks for; false where it means nothing, such as a second end. */
  on(event: LifeEvent): boolean {
    const row: Table[LifeState] = table[this.#state];
    const next = row[event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}
