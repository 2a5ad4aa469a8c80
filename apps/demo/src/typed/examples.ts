import { z } from 'zod';
import type { ChatRequest } from '../chat/stream-chat.js';

/** A schema as it is written in code, and what it makes of an answer. */
export interface TypedExample {
  readonly title: string;
  readonly source: string;
  readonly prompt: string;
  readonly schema: z.ZodType;
  readonly ask: Pick<
    ChatRequest,
    'response_format' | 'tools' | 'tool_choice' | 'parallel_tool_calls'
  >;
}

const Person = z.object({
  name: z.string().max(40),
  age: z.int().min(0).max(120),
  hobbies: z.array(z.enum(['music', 'sport', 'books'])).max(3),
});

const Weather = z.object({
  city: z.string().max(40),
  unit: z.enum(['celsius', 'fahrenheit']),
});

export const OBJECT_EXAMPLE: TypedExample = {
  title: 'Object',
  source: `z.object({
  name: z.string().max(40),
  age: z.int().min(0).max(120),
  hobbies: z.array(
    z.enum(['music', 'sport', 'books']),
  ).max(3),
})`,
  prompt: 'Invent a person who likes music and books.',
  schema: Person,
  ask: {
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'person', strict: true, schema: z.toJSONSchema(Person) },
    },
  },
};

export const TOOL_EXAMPLE: TypedExample = {
  title: 'Tool call',
  source: `weather({
  city: z.string().max(40),
  unit: z.enum(['celsius', 'fahrenheit']),
})`,
  prompt: 'What is the weather in Paris?',
  schema: Weather,
  ask: {
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          description: 'The weather of a city now',
          parameters: z.toJSONSchema(Weather),
        },
      },
    ],
    tool_choice: 'required',
    parallel_tool_calls: false,
  },
};
