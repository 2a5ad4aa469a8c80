import type { ResponseRequest } from '@mlx/schemas/responses';
import { badRequest } from '../http/parse-body.js';

type Asked = Pick<ResponseRequest, 'background' | 'store'>;

/** What is written in the background can only be found in the store. */
export const isStored = ({ background, store }: Asked): boolean => store ?? background ?? false;

/** @throws HttpError 400 for a response in the background of which nobody could see anything */
export function checkBackground({ background, store }: Asked): void {
  if (background && store === false) {
    const message = "'background' needs 'store': the response is found nowhere else.";
    throw badRequest(message, 'invalid_parameter', 'store');
  }
}
