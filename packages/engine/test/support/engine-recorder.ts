import { engineEvents, type EngineEventName, type EngineEvents } from '@mlx/schemas';
import type { Engine } from '../../src/index.js';

/** Keeps every event of an engine, checked against its schema. */
export class EngineRecorder {
  readonly seen: { name: EngineEventName; event: unknown }[] = [];

  constructor(engine: Engine) {
    for (const name of Object.keys(engineEvents) as EngineEventName[]) {
      engine.on(name, (event: unknown) => {
        engineEvents[name].parse(event);
        this.seen.push({ name, event });
      });
    }
  }

  get names(): EngineEventName[] {
    return this.seen.map(({ name }) => name);
  }

  of<Name extends EngineEventName>(wanted: Name): EngineEvents[Name][] {
    return this.seen.flatMap(({ name, event }) =>
      name === wanted ? [event as EngineEvents[Name]] : [],
    );
  }
}
