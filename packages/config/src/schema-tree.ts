import { configSections } from '@mlx/schemas/config';
import * as z from 'zod';

/** Everything a configuration layer may hold; environments are layers of their own. */
export const rootSection = z.strictObject(configSections);

/** The section that the schema describes, without its default; undefined for a single value. */
export function asSection(schema: z.core.$ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) {
    return asSection(schema.unwrap());
  }
  return schema instanceof z.ZodObject ? schema : undefined;
}

/** The schema of one key of a section; undefined for an unknown key. */
export function fieldOf(section: z.ZodObject, key: string): z.core.$ZodType | undefined {
  return Object.hasOwn(section.shape, key) ? section.shape[key] : undefined;
}

/** The schema at a path; undefined where the path leads to no key. */
export function schemaAt(path: readonly string[]): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = rootSection;
  for (const key of path) {
    const section: z.ZodObject | undefined = schema && asSection(schema);
    schema = section && fieldOf(section, key);
  }
  return schema;
}

/** The dotted path of every key, sections included, in the order of the schema. */
export function allKeys(section: z.ZodObject = rootSection, prefix = ''): string[] {
  return Object.entries<z.core.$ZodType>(section.shape).flatMap(([key, schema]) => {
    const inner = asSection(schema);
    return [`${prefix}${key}`, ...(inner ? allKeys(inner, `${prefix}${key}.`) : [])];
  });
}
