import type { ResponseRequest } from '@mlx/schemas/responses';
import { badRequest, unsupported } from '../http/parse-body.js';

type Asked = Pick<ResponseRequest, 'background' | 'store' | 'stream'>;

/** What is written in the background can only be found in the store. */
export const isStored = ({ background, store }: Asked): boolean => store ?? background ?? false;

/** @throws HttpError 400 for a response in the background of which nobody could see anything */
export function checkBackground({ background, store, stream }: Asked): void {
  if (!background) return;
  if (store === false) {
    const message = "'background' needs 'store': the response is found nowhere else.";
    throw badRequest(message, 'invalid_parameter', 'store');
  }
  if (stream) {
    throw unsupported('stream', 'Retrieve a response in the background until it is finished.');
  }
}
