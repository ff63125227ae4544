import { AsyncLocalStorage } from "node:async_hooks";

type Fail = (error: unknown) => void;

const constructions = new AsyncLocalStorage<Fail>();
const underWay = new Set<Fail>();

/**
 * Runs the making of a component. A failure in it that is awaited nowhere fails this one and no other that is made meanwhile:
 * an Output that is rejected, which ends a program. The SDK's own server fails all of them (@pulumi/pulumi 3.248.0,
 * provider/server.js, uncaughtHandler) and shows a stack trace.
 */
export function withFailures<T>(run: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    underWay.add(reject);
    constructions.run(reject, () => {
      void run()
        .then(resolve, reject)
        .finally(() => underWay.delete(reject));
    });
  });
}

/** Takes over failures that are awaited nowhere in this process. */
export function watchFailures(): void {
  const take = (error: unknown) => {
    const own = constructions.getStore();
    for (const fail of own === undefined ? underWay : [own]) {
      fail(error);
    }
  };
  process.on("unhandledRejection", take).on("uncaughtException", take);
}
