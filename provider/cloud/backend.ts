import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { OidcRunnerError } from "../errors";

/** Where Pulumi Cloud is when nothing says otherwise. */
export const DEFAULT_API_URL = "https://api.pulumi.com";

/** The parts of the CLI's `credentials.json` that matter here. */
interface StoredCredentials {
  current?: unknown;
  accessTokens?: Record<string, unknown>;
  accounts?: Record<string, { accessToken?: unknown } | null>;
}

/** What the choice of address and token depends on; injected in tests. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** Contents of a file, or undefined when it can't be read. */
  readFile(path: string): string | undefined;
}

/** This process's own environment and files. */
export const processSurroundings: Surroundings = {
  env: process.env,
  readFile(path) {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  },
};

/**
 * The API of the Pulumi Cloud one is logged in to: `PULUMI_BACKEND_URL` or `PULUMI_API` when they are http addresses (the
 * engine sets the latter for its plugins), then the stored login, then https://api.pulumi.com.
 */
export function defaultApiUrl(surroundings: Surroundings = processSurroundings): string {
  const { PULUMI_BACKEND_URL, PULUMI_API } = surroundings.env;
  const candidates = [PULUMI_BACKEND_URL, PULUMI_API, storedCredentials(surroundings).current];
  const isAddress = (candidate: unknown): candidate is string =>
    typeof candidate === "string" && /^https?:\/\//.test(candidate) && URL.canParse(candidate);
  return candidates.find(isAddress) ?? DEFAULT_API_URL;
}

/**
 * The access token for an address. `PULUMI_ACCESS_TOKEN` belongs to {@link defaultApiUrl} and goes nowhere else; for other
 * addresses there must be a stored login.
 *
 * @throws OidcRunnerError `TOKEN_FOR_OTHER_API`, `NOT_LOGGED_IN`
 */
export function accessTokenFor(apiUrl: string, surroundings: Surroundings = processSurroundings): string {
  const origin = originOf(apiUrl);
  const fromEnvironment = surroundings.env.PULUMI_ACCESS_TOKEN;
  const home = defaultApiUrl(surroundings);
  if (fromEnvironment && originOf(home) === origin) {
    return fromEnvironment;
  }
  const stored = storedToken(origin, storedCredentials(surroundings));
  if (stored !== undefined) {
    return stored;
  }
  if (fromEnvironment) {
    throw new OidcRunnerError("TOKEN_FOR_OTHER_API", `the access token of ${originOf(home)} is not sent to ${origin}`, {
      where: "apiUrl",
      fix: `log in there with 'pulumi login ${origin}', or set PULUMI_BACKEND_URL to the address that PULUMI_ACCESS_TOKEN is for`,
    });
  }
  throw new OidcRunnerError("NOT_LOGGED_IN", `there is no Pulumi access token for ${origin}`, {
    where: "apiUrl",
    fix: `set PULUMI_ACCESS_TOKEN, or run 'pulumi login ${origin}'`,
  });
}

function storedToken(origin: string, credentials: StoredCredentials): string | undefined {
  const tokens: Record<string, unknown> = { ...credentials.accessTokens };
  for (const [url, account] of Object.entries(credentials.accounts ?? {})) {
    tokens[url] = account?.accessToken ?? tokens[url];
  }
  const own = Object.entries(tokens).find(
    ([url, token]) => token && URL.canParse(url) && new URL(url).origin === origin,
  );
  return typeof own?.[1] === "string" ? own[1] : undefined;
}

function storedCredentials({ env, readFile }: Surroundings): StoredCredentials {
  // An empty variable counts as unset, as it does for the CLI.
  const directory = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(env.HOME || homedir(), ".pulumi");
  try {
    return (JSON.parse(readFile(join(directory, "credentials.json")) ?? "{}") ?? {}) as StoredCredentials;
  } catch {
    return {};
  }
}

/**
 * Refuses what is not an http(s) address.
 *
 * @throws OidcRunnerError `API_URL_INVALID`
 */
export function checkApiUrl(url: string): void {
  originOf(url);
}

function originOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new OidcRunnerError("API_URL_INVALID", `"${url}" is not the address of a Pulumi Cloud API`, {
      where: "apiUrl",
      fix: "give an http(s) address such as https://api.pulumi.com",
    });
  }
  return new URL(url).origin;
}
