import { expect, it } from 'vitest';
import { GeneratorParamsSchema, issueMessage, TelemetryConfigSchema } from '../../src/index.js';

/** The messages a form shows, which reads zod's own issues. */
const messagesOf = (input: object) =>
  GeneratorParamsSchema.safeParse(input, { error: issueMessage }).error?.issues.map(
    ({ message }) => message,
  );

it.each([
  [{ model: 'a', prompt: 'b', maxTokens: 200_000 }, 'Number must be less than or equal to 100000'],
  [{ model: 'a', prompt: 'b', temperature: -1 }, 'Number must be greater than or equal to 0'],
  [{ model: 'a', prompt: 'b', temperature: 'hot' }, 'Expected number, received string'],
  [{ model: 'a', prompt: 'b', temperature: Number.NaN }, 'Expected number, received NaN'],
  [{ model: 'a', prompt: 'b', seed: 1.5 }, 'Expected integer, received float'],
  [{ model: 'a', prompt: 'b', streaming: null }, 'Expected boolean, received null'],
  [{ model: 'a', prompt: 'b', streaming: [] }, 'Expected boolean, received array'],
  [{ model: '', prompt: 'b' }, 'Cannot be empty'],
  [{ prompt: 'b' }, 'Required'],
  [{ model: 'a', prompt: 5 }, 'Expected string or object, received number'],
  [{ model: 'a', prompt: 'b', toolChoice: 'maybe' }, 'Invalid enum value'],
  [{ model: 'a', prompt: { template: 'x' } }, 'variables: Required'],
])('as an error map gives %j the documented message', (input, message) => {
  expect(messagesOf(input)).toEqual([message]);
});

it('as an error map names unknown keys', () => {
  const { error } = TelemetryConfigSchema.safeParse(
    { enabled: true, x: 1 },
    { error: issueMessage },
  );
  expect(error?.issues[0]?.message).toBe("Unrecognized key(s) in object: 'x'");
});
