import { randomUUID } from "node:crypto";
import { secondsOf } from "../cloud-logins";
import { ApiError } from "../errors";
import type { Evaluation } from "./evaluator";

type Opened = NonNullable<Evaluation["environment"]>;

/** Environments that were opened, each for as long as it was asked for: credentials are made once, and read as often as wanted. */
export class OpenEnvironments {
  readonly #opened = new Map<string, { path: string; environment: Opened; expiresAt: number }>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Keeps one, and returns its id.
   *
   * @param path what it was opened as
   * @throws ApiError 400 for what is not a duration
   */
  add(path: string, environment: Opened, duration: string): string {
    const id = randomUUID();
    try {
      this.#opened.set(id, { path, environment, expiresAt: this.#clock() + secondsOf(duration) * 1000 });
    } catch (error) {
      throw new ApiError(400, (error as Error).message);
    }
    return id;
  }

  /** @throws ApiError 404 for one that is unknown, opened as another, or expired */
  find(path: string, id: string): Opened {
    const opened = this.#opened.get(id);
    if (opened === undefined || opened.path !== path || opened.expiresAt <= this.#clock()) {
      throw new ApiError(404, "open environment");
    }
    return opened.environment;
  }
}
