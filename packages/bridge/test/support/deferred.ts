/** A promise together with what settles it. */
export interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export function deferred(): Deferred {
  const parts: Partial<Deferred> = {};
  const promise = new Promise<void>((resolve, reject) => {
    parts.resolve = resolve;
    parts.reject = reject;
  });
  return { ...parts, promise } as Deferred;
}
