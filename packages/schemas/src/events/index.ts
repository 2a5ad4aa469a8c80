export {
  ErrorEventSchema,
  GenerationCompletedEventSchema,
  GenerationStartedEventSchema,
  ModelInvalidatedEventSchema,
  ModelLoadedEventSchema,
  ModelUnloadedEventSchema,
  RuntimeStatusEventSchema,
  TokenGeneratedEventSchema,
  engineEvents,
} from './events.js';
export type {
  EngineEventName,
  EngineEvents,
  ErrorEvent,
  GenerationCompletedEvent,
  GenerationStartedEvent,
  ModelInvalidatedEvent,
  ModelLoadedEvent,
  ModelUnloadedEvent,
  RuntimeStatusEvent,
  TokenGeneratedEvent,
} from './events.js';
