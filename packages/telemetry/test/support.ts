import { EventEmitter } from 'eventemitter3';
import type { EngineEventName, EngineEvents } from '@mlx/schemas';

type Events = { [Name in EngineEventName]: (event: EngineEvents[Name]) => void };

/** Emits the engine's events without an engine. */
export class FakeEngine extends EventEmitter<Events> {
  started(streamId: string, model = 'tiny'): void {
    this.emit('generation:started', { streamId, model, timestamp: Date.now() });
  }

  completed(
    streamId: string,
    tokensGenerated = 10,
    more: Partial<EngineEvents['generation:completed']> = {},
  ): void {
    const stats = {
      tokensGenerated,
      tokensPerSecond: 20,
      timeToFirstToken: 0.2,
      totalTime: 0.7,
      promptTokens: 100,
      cachedTokens: 60,
    };
    this.emit('generation:completed', { streamId, stats, ...more, timestamp: Date.now() });
  }

  failed(
    streamId: string,
    code: 'SidecarCrashed' | 'Cancelled' = 'SidecarCrashed',
    tokensGenerated = 0,
  ): void {
    const error = { code, message: 'the answer ended early' };
    const context = { streamId, tokensGenerated };
    this.emit('error', { error, context, timestamp: Date.now() });
  }
}
