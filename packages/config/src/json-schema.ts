import { RuntimeConfigSchema } from '@mlx/schemas/config';
import * as z from 'zod';
import { descriptions } from './descriptions.js';

type Properties = Record<string, z.core.JSONSchema.BaseSchema>;

/** The JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(RuntimeConfigSchema, { io: 'input' });
  const { environments, ...sections } = (schema.properties ?? {}) as Properties;
  describe(sections, '');
  const environment = environments?.additionalProperties;
  if (typeof environment === 'object') describe((environment.properties ?? {}) as Properties, '');
  return {
    ...schema,
    title: 'MLX serving configuration',
    properties: {
      ...sections,
      environments: { description: 'Overrides by the name in NODE_ENV.', ...environments },
    },
  };
}

/** Adds the description of each key to its schema, at every depth. */
function describe(properties: Properties, prefix: string): void {
  for (const [key, property] of Object.entries(properties)) {
    const description = descriptions[`${prefix}${key}`];
    if (description) property.description = description;
    if (property.properties) describe(property.properties as Properties, `${prefix}${key}.`);
  }
}
