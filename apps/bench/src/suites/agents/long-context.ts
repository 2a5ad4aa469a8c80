import { withContext } from '../../environment/long-context.ts';
import { Contenders } from '../../peers/contenders.ts';
import { SESSION_CONTEXT } from './session.ts';

export interface LongContext extends AsyncDisposable {
  readonly contenders: Contenders;
}

/** Whoever takes part, all with the same weights, whose context a whole session fits. */
export async function withLongContext({ environment, progress }: Contenders): Promise<LongContext> {
  const stack = new AsyncDisposableStack();
  const { directory } = stack.use(await withContext(environment.modelDirectory, SESSION_CONTEXT));
  const longer = { ...environment, modelDirectory: directory };
  return {
    contenders: stack.use(new Contenders(directory, longer, progress)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
