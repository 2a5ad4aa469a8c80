export { AnnouncementSchema, FLEET_PROTOCOL_VERSION } from './announcement.js';
export type {
  AnnouncedAdapter,
  AnnouncedModel,
  Announcement,
  StoredModel,
} from './announcement.js';
export { FleetOptionsSchema } from './options.js';
export type { FleetOptions, FleetOptionsInput } from './options.js';
export { RelayedErrorSchema } from './relayed-error.js';
export type { RelayedError } from './relayed-error.js';
export { RequestFrameSchema } from './request-frame.js';
export type { RequestFrame } from './request-frame.js';
