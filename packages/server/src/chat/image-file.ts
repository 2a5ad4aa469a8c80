import { readFile } from 'node:fs/promises';
import { EngineClientError } from '@mlx/schemas';
import { imageFacts, imageFault } from '@mlx/schemas/vision';

/**
 * The image of a file, as a data URL.
 *
 * @throws EngineClientError InvalidParams with what is wrong with the file, for people
 */
export async function readImageFile(file: string): Promise<string> {
  const content = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new EngineClientError('InvalidParams', `${file}: ${reason}`, { cause });
  });
  const fault = imageFault(content);
  if (fault !== undefined) throw new EngineClientError('InvalidParams', `${file}: ${fault}`);
  return `data:image/${imageFacts(content)?.format};base64,${content.toString('base64')}`;
}
