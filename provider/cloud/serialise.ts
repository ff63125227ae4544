const tails = new Map<string, Promise<unknown>>();

/**
 * Runs the actions for one key one after another, in the order of the calls. Reading, changing and writing an issuer's
 * list must not overlap within a process: the service has no precondition that would notice.
 */
export function serialise<T>(key: string, action: () => Promise<T>): Promise<T> {
  const previous = tails.get(key) ?? Promise.resolve();
  const current = previous.then(action, action);
  tails.set(key, current);
  const forget = () => {
    if (tails.get(key) === current) {
      tails.delete(key);
    }
  };
  current.then(forget, forget);
  return current;
}
