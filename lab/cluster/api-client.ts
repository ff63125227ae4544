import { Pool } from "undici";
import { OidcRunnerError } from "../../trust";
import { KubernetesApiError } from "./api-error";
import { readKubeconfig } from "./kubeconfig";
import { lines } from "./lines";

/** How to reach an API server. */
export interface ApiClientOptions {
  /** `https://HOST:PORT`. */
  server: string;
  /** Bearer token; without one the calls are anonymous. */
  token?: string;
  /** PEM of the authority that signed the server's certificate. */
  ca?: string;
}

/** Options of a single call. */
export interface CallOptions {
  /** Query parameters; undefined ones are left out. */
  query?: Record<string, string | number | boolean | undefined>;
  /** Replaces the client's token for this call. */
  token?: string;
  /** Ends the call early. */
  signal?: AbortSignal;
  /** Called with each `Warning` header the server sends (Pod Security warns this way). */
  onWarning?: (warning: string) => void;
}

/** Content types of the four ways to patch. */
export const PATCH_TYPES = {
  strategic: "application/strategic-merge-patch+json",
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  /** Server-side apply; wants the query parameter `fieldManager`. */
  apply: "application/apply-patch+yaml",
} as const;

/** One event of a watch. */
export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  object: T;
}

type Body = object | string | undefined;

/** A small JSON client for a Kubernetes API server: keep-alive connections, answers parsed, refusals thrown. */
export class ApiClient {
  readonly server: string;
  readonly #token: string | undefined;
  readonly #pool: Pool;

  constructor({ server, token, ca }: ApiClientOptions) {
    this.server = server.replace(/\/$/, "");
    this.#token = token;
    // Watches last as long as the server lets them, so a quiet body is not a failure; a server that never answers is one.
    this.#pool = new Pool(this.server, { connections: 64, bodyTimeout: 0, headersTimeout: 60_000, connect: { ca } });
  }

  /** A client for the current context of a kubeconfig written by the lab. */
  static fromKubeconfig(path: string): ApiClient {
    return new ApiClient(readKubeconfig(path));
  }

  /** Reads an object or a list. `path` starts with `/api` or `/apis`. */
  async get<T = unknown>(path: string, options?: CallOptions): Promise<T> {
    return await this.#json<T>("GET", path, undefined, options);
  }

  /** Like {@link get}, but undefined when there is no such object (404). */
  async find<T = unknown>(path: string, options?: CallOptions): Promise<T | undefined> {
    try {
      return await this.get<T>(path, options);
    } catch (error) {
      if (error instanceof KubernetesApiError && error.statusCode === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Creates an object, or calls a subresource such as `token` or `binding`. */
  async post<T = unknown>(path: string, body: Body, options?: CallOptions): Promise<T> {
    return await this.#json<T>("POST", path, body, options);
  }

  /** Replaces an object. */
  async put<T = unknown>(path: string, body: Body, options?: CallOptions): Promise<T> {
    return await this.#json<T>("PUT", path, body, options);
  }

  /** Changes an object; `type` as in {@link PATCH_TYPES}, default strategic merge. */
  async patch<T = unknown>(
    path: string,
    body: Body,
    options: CallOptions & { type?: keyof typeof PATCH_TYPES } = {},
  ): Promise<T> {
    return await this.#json<T>("PATCH", path, body, options, PATCH_TYPES[options.type ?? "strategic"]);
  }

  /** Deletes an object; `body` is a `DeleteOptions`, if any. */
  async delete<T = unknown>(path: string, body?: Body, options?: CallOptions): Promise<T> {
    return await this.#json<T>("DELETE", path, body, options);
  }

  /** Reads plain text, such as a container's log. */
  async text(path: string, options?: CallOptions): Promise<string> {
    const response = await this.#call("GET", path, undefined, options);
    return await response.body.text();
  }

  /** Reads text line by line while it is written, such as the log of a running container with `follow`. */
  async *textLines(path: string, options?: CallOptions): AsyncGenerator<string, void, void> {
    const response = await this.#call("GET", path, undefined, options);
    yield* lines(response.body);
  }

  /**
   * Watches a list until the server ends the stream, the signal fires, or the caller stops iterating. List first and
   * pass the list's `resourceVersion`; when it has expired the server's refusal is thrown with status code 410.
   */
  async *watch<T = unknown>(path: string, options: CallOptions = {}): AsyncGenerator<WatchEvent<T>, void, void> {
    const response = await this.#call("GET", path, undefined, { ...options, query: { ...options.query, watch: true } });
    for await (const line of lines(response.body)) {
      const event = JSON.parse(line) as { type: string; object: { code?: number } };
      if (event.type === "ERROR") {
        throw new KubernetesApiError("WATCH", path, event.object.code ?? 500, JSON.stringify(event.object));
      }
      yield event as WatchEvent<T>;
    }
  }

  /** Ends all connections; calls under way are aborted. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #json<T>(method: string, path: string, body: Body, options?: CallOptions, contentType?: string): Promise<T> {
    const response = await this.#call(method, path, body, options, contentType);
    const text = await response.body.text();
    return (text === "" ? {} : JSON.parse(text)) as T;
  }

  async #call(method: string, path: string, body: Body, options: CallOptions = {}, contentType = "application/json") {
    const { query, token = this.#token, signal, onWarning } = options;
    const defined = Object.entries(query ?? {}).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)] as [string, string]],
    );
    const search =
      defined.length === 0 ? "" : `${path.includes("?") ? "&" : "?"}${new URLSearchParams(defined).toString()}`;
    const response = await this.#pool
      .request({
        method,
        path: `${path}${search}`,
        signal,
        body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
        headers: {
          accept: "application/json, */*",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": contentType }),
        },
      })
      .catch((cause: Error) => {
        if (signal?.aborted === true) {
          throw cause;
        }
        throw new OidcRunnerError("KUBERNETES_API_UNREACHABLE", `no answer from the API server: ${cause.message}`, {
          where: `${method} ${this.server}${path}`,
          fix: "is the lab still running? `oidc-runner lab status` tells",
          cause,
        });
      });
    if (onWarning !== undefined) {
      for (const warning of [response.headers.warning ?? []].flat()) {
        onWarning(/^\d+ \S+ "(.*)"/.exec(warning)?.[1]?.replace(/\\(.)/g, "$1") ?? warning);
      }
    }
    if (response.statusCode >= 300) {
      throw new KubernetesApiError(method, path, response.statusCode, await response.body.text());
    }
    return response;
  }
}
