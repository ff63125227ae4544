import { OidcRunnerError } from "../../../trust";

type Methods = Record<string, (...args: never[]) => unknown>;

/** The same methods, each of which answers later. */
type Later<T extends Methods> = { [K in keyof T]: (...args: Parameters<T[K]>) => Promise<Awaited<ReturnType<T[K]>>> };

/**
 * The same methods, whose user errors carry no stack trace: the dynamic provider process prints `error.stack` for some of
 * its methods, and a trace into this package tells a user nothing.
 */
export function userErrors<T extends Methods>(methods: T): Later<T> {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    async (...args: never[]) => {
      try {
        return await method(...args);
      } catch (error) {
        if (error instanceof OidcRunnerError) {
          error.stack = "";
        }
        throw error;
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Later<T>;
}
