import type { GeneratorChunk, GeneratorParams } from '@mlx/schemas';
import { VisionGeneratorParamsSchema, type ImageSource } from '@mlx/schemas/vision';
import { readParams } from '../generation/read-params.js';
import { validate } from '../support/validate.js';
import { createGenerator, type GenerationServices } from './create-generator.js';

/** `createVisionGenerator`: a text prompt about images, as one turn of a conversation. */
export function createVisionGenerator(
  services: GenerationServices,
  given: unknown,
  options: unknown,
): AsyncGenerator<GeneratorChunk, void, void> {
  return createGenerator(services, () => ({ params: readVisionParams(given), options }));
}

function readVisionParams(given: unknown): GeneratorParams {
  const { image, images, ...params } = validate(VisionGeneratorParamsSchema, given);
  const shown = (images ?? (image === undefined ? [] : [image])).map(toText);
  return readParams({ ...params, multimodal: { images: shown } }).params;
}

/** Bytes as a data URL, whose type nobody looks at: the content tells it. */
function toText(source: ImageSource): string {
  if (typeof source === 'string') return source;
  const { buffer, byteOffset, byteLength } = source;
  return `data:;base64,${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}`;
}
