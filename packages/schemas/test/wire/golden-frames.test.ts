import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { wireNotificationsIn, wireNotificationsOut, wireRequests } from '../../src/wire/index.js';

const SentFrame = z.object({ method: z.string(), params: z.unknown() });
const ReceivedFrame = z.object({
  method: z.string(),
  result: z.unknown().optional(),
  params: z.unknown().optional(),
});
const RejectedFrame = z.object({ frame: SentFrame, field: z.string() });

function golden<T extends z.ZodType>(name: string, schema: T): z.infer<T>[] {
  const text = readFileSync(new URL(`../../golden/${name}.json`, import.meta.url), 'utf8');
  return z.array(schema).parse(JSON.parse(text));
}

function paramsSchema(method: string): z.ZodType {
  const requests: Record<string, { params: z.ZodType }> = wireRequests;
  const notifications: Record<string, z.ZodType> = wireNotificationsOut;
  const schema = requests[method]?.params ?? notifications[method];
  if (schema === undefined) throw new Error(`No method ${method}`);
  return schema;
}

function receivedSchema(method: string): z.ZodType {
  const requests: Record<string, { result: z.ZodType }> = wireRequests;
  const notifications: Record<string, z.ZodType> = wireNotificationsIn;
  const schema = notifications[method] ?? requests[method]?.result;
  if (schema === undefined) throw new Error(`No method ${method}`);
  return schema;
}

function methods(frames: readonly { method: string }[]): Set<string> {
  return new Set(frames.map((frame) => frame.method));
}

describe('golden frames, which the Python side reads too', () => {
  const sent = golden('to-sidecar', SentFrame);
  const received = golden('from-sidecar', ReceivedFrame);

  it.each(sent)('a $method frame to the sidecar keeps every field', ({ method, params }) => {
    expect(paramsSchema(method).parse(params)).toMatchObject(z.looseObject({}).parse(params));
  });

  it.each(received)('a $method frame from the sidecar parses as it is', (frame) => {
    const payload = frame.result ?? frame.params;
    expect(receivedSchema(frame.method).parse(payload)).toEqual(payload);
  });

  it('covers every method and notification', () => {
    const requests = Object.keys(wireRequests);
    expect(methods(sent)).toEqual(new Set([...requests, ...Object.keys(wireNotificationsOut)]));
    expect(methods(received)).toEqual(new Set([...requests, ...Object.keys(wireNotificationsIn)]));
  });

  it.each(golden('rejected', RejectedFrame))(
    'a bad $field in $frame.method is named',
    ({ frame, field }) => {
      const result = paramsSchema(frame.method).safeParse(frame.params);
      const named = result.error?.issues.flatMap((issue) => {
        const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
        return [issue.path, ...keys.map((key) => [...issue.path, key])].map((path) =>
          path.join('.'),
        );
      });
      expect(named?.some((path) => path === field || path.startsWith(`${field}.`))).toBe(true);
    },
  );
});
