import { z } from 'zod';

/** What every client asks a typed answer for. */
export const Answer = z.object({ city: z.string().max(20), capital: z.boolean() });

export const Weather = z.object({ city: z.string().max(20) });

/** A tool in OpenAI's form, as clients without a helper of their own send it. */
export const weatherTool = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 20 } },
      required: ['city'],
    },
  },
};
