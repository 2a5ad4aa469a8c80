import { EngineClientError } from '@mlx/schemas';
import type { GeneratorChunk, MetadataChunk } from '@mlx/schemas';

export interface CollectedAnswer {
  readonly text: string;
  readonly end: MetadataChunk;
}

/** Reads the one answer of a stream to its end; an error in the stream is thrown. */
export async function collect(chunks: AsyncIterable<GeneratorChunk>): Promise<CollectedAnswer> {
  let text = '';
  for await (const chunk of chunks) {
    switch (chunk.type) {
      case 'token':
        text += chunk.token;
        break;
      case 'metadata':
        return { text, end: chunk };
      case 'error': {
        const { code, message, ...facts } = chunk.error;
        throw new EngineClientError(code, message, facts);
      }
      default:
        chunk satisfies never;
    }
  }
  throw new EngineClientError('InternalError', 'The generation ended without its last chunk');
}
