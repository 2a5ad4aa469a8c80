import * as z from 'zod';
import { Anything } from './shared.js';

/**
 * An object that keeps keys it does not know, as `z.looseObject` does, for two
 * thirds of the memory: all of them share one schema for what they don't know.
 */
export const openObject = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.object(shape).catchall(Anything);
