import { unsupported } from './parse-body.js';

type Check<Value> = (value: NonNullable<Value>) => boolean;

/** For each parameter, whether a value of it asks for nothing beyond what happens anyway. */
export type Checks<Request> = { readonly [Key in keyof Request]?: Check<Request[Key]> };

/** Refuses the first parameter that was sent and cannot be honoured. */
export function refuse<Request extends object>(request: Request, checks: Checks<Request>): void {
  for (const name in checks) {
    const value = request[name];
    if (value !== null && value !== undefined && checks[name]?.(value) === false) {
      throw unsupported(name);
    }
  }
}
