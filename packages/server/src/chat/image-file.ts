import { readFile } from 'node:fs/promises';
import { imageFacts, imageFault } from '@mlx/schemas/vision';

/**
 * The image of a file, as a data URL.
 *
 * @throws Error with what is wrong with the file, for people
 */
export async function readImageFile(file: string): Promise<string> {
  const content = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new Error(`${file}: ${reason}`, { cause });
  });
  const fault = imageFault(content);
  if (fault !== undefined) throw new Error(`${file}: ${fault}`);
  return `data:image/${imageFacts(content)?.format};base64,${content.toString('base64')}`;
}
