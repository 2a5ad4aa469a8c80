import * as z from 'zod';
import { Anything, Nothing } from './shared.js';

/**
 * An object that keeps keys it does not know, as `z.looseObject` does, for two
 * thirds of the memory: all of them share one schema for what they don't know.
 */
export const openObject = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.object(shape).catchall(Anything);

/** An object that refuses keys it does not know, as `z.strictObject` does, sharing what refuses them. */
export const strictObject = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.object(shape).catchall(Nothing) as unknown as z.ZodObject<Shape, z.core.$strict>;

/**
 * Properties beside those that several shapes have. A bundler drops what nobody uses of a
 * call, and keeps every object literal that is spread into another.
 */
export const withProperties = <Common extends object, Own extends object>(
  common: Common,
  own: Own,
): Common & Own => ({ ...common, ...own });
