import { convertToModelMessages, streamText, type LanguageModel, type UIMessage } from 'ai';

/** `app/api/chat/route.ts` of a Next.js application. */
export function chatRoute(model: LanguageModel) {
  return async function POST(request: Request): Promise<Response> {
    const { messages } = (await request.json()) as { messages: UIMessage[] };
    const result = streamText({
      model,
      messages: await convertToModelMessages(messages),
      temperature: 0,
      maxOutputTokens: 1000,
      abortSignal: request.signal,
    });
    return result.toUIMessageStreamResponse();
  };
}
