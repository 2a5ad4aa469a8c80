import * as z from 'zod';
import { NonEmptyString } from '../common/primitives.js';
import { GeneratorParamsObjectSchema } from '../generation/params.js';
import { imageLimits } from './image-fault.js';

/** The bytes of an image's file, its path, or a data URL; nothing is fetched from a network. */
export const ImageSourceSchema = z.union([
  NonEmptyString,
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
]);
export type ImageSource = z.infer<typeof ImageSourceSchema>;

/** A text prompt about one image or several, and how to answer. Unknown keys are passed through. */
export const VisionGeneratorParamsSchema = GeneratorParamsObjectSchema.omit({
  messages: true,
  multimodal: true,
})
  .extend({
    prompt: NonEmptyString,
    image: ImageSourceSchema.optional(),
    /** Instead of `image`, in the order in which the prompt speaks of them. */
    images: z.array(ImageSourceSchema).min(1).max(imageLimits.images).optional(),
  })
  .check(({ value, issues }) => {
    if ((value.image === undefined) === (value.images === undefined)) {
      const message = 'Either image or images is required';
      issues.push({ code: 'custom', path: ['image'], input: value.image, message });
    }
  });
export type VisionGeneratorParams = z.infer<typeof VisionGeneratorParamsSchema>;
