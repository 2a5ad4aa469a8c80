export { base64OfDataUrl, isBase64 } from './data-url.js';
export { imageFacts } from './image-facts.js';
export type { ImageFacts, ImageFormat } from './image-facts.js';
export { imageFault, imageLimits } from './image-fault.js';
export { ImageSourceSchema, VisionGeneratorParamsSchema } from './params.js';
export type { ImageSource, VisionGeneratorParams } from './params.js';
