/** What can be written: a schema, and a request that it fits. */
export interface StructuredExample {
  readonly title: string;
  readonly source: string;
  readonly prompt: string;
}

export const EXAMPLES: readonly [StructuredExample, ...StructuredExample[]] = [
  {
    title: 'zod',
    source: `z.object({
  name: z.string().max(40),
  age: z.int().min(0).max(120),
  hobbies: z.array(
    z.enum(['music', 'sport', 'books']),
  ).max(3),
})`,
    prompt: 'Invent a person who likes music and books.',
  },
  {
    title: 'JSON Schema',
    source: `{
  "type": "object",
  "properties": {
    "city": { "type": "string", "maxLength": 40 },
    "unit": { "enum": ["celsius", "fahrenheit"] }
  },
  "required": ["city", "unit"],
  "additionalProperties": false
}`,
    prompt: 'What is the weather in Paris?',
  },
];
