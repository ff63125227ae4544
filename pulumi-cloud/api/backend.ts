import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isLoopback, OidcRunnerError } from "../../trust";

/** Where Pulumi Cloud is when nothing says otherwise. */
export const DEFAULT_API_URL = "https://api.pulumi.com";

/** Writes a login that programs can read; without the variable the CLI keeps one that is encrypted so. */
const PLAINTEXT_LOGIN = "PULUMI_CREDENTIAL_STORE=plaintext pulumi login";

/** The parts of the CLI's `credentials.json` that matter here. */
interface StoredCredentials {
  /**
   * Version of the envelope around a login that the CLI has encrypted with a key in the system's keyring, since 3.258
   * (pulumi/pulumi v3.259.0, sdk/go/common/util/securestore/envelope.go, IsEnvelope). Nothing else is readable then.
   */
  $pulumiSecureStore?: unknown;
  current?: unknown;
  accessTokens?: Record<string, unknown>;
  accounts?: Record<string, { accessToken?: unknown } | null>;
}

/** A login that the user gives, before what is found. */
export interface GivenLogin {
  /** Base address of the API. Default: the one that is found. */
  apiUrl?: string;
  /** Access token for the address. Default: the one that is found for it. */
  accessToken?: string;
}

/** What the choice of address and token depends on; injected in tests. */
export interface Surroundings {
  given?: GivenLogin;
  env: Readonly<Record<string, string | undefined>>;
  /** Contents of a file, or undefined when it can't be read. */
  readFile(path: string): string | undefined;
}

/** Makes a login this process's own: the one in the configuration of a plugin's provider. */
export function setLogin(login: GivenLogin): void {
  processSurroundings.given = login;
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
 * The API's address where a resource names none: the given one, else that of the Pulumi Cloud one is logged in to.
 *
 * @throws OidcRunnerError `LOGIN_ENCRYPTED`
 */
export function defaultApiUrl(surroundings: Surroundings = processSurroundings): string {
  return surroundings.given?.apiUrl ?? homeApiUrl(surroundings);
}

/**
 * The API of the Pulumi Cloud one is logged in to: `PULUMI_BACKEND_URL` or `PULUMI_API` when they are http addresses, then
 * the stored login, then https://api.pulumi.com.
 *
 * The engine sets `PULUMI_API` and `PULUMI_ACCESS_TOKEN` for the program and every plugin when one is logged in to a Pulumi
 * Cloud, an encrypted login included, since 3.247 (pulumi/pulumi v3.259.0, pkg/resource/plugin/cloud_credentials.go and
 * plugin.go, cloudCredentialEnvVars).
 *
 * @throws OidcRunnerError `LOGIN_ENCRYPTED`
 */
function homeApiUrl(surroundings: Surroundings): string {
  const { PULUMI_BACKEND_URL, PULUMI_API } = surroundings.env;
  const isAddress = (candidate: unknown): candidate is string =>
    typeof candidate === "string" && /^https?:\/\//.test(candidate) && URL.canParse(candidate);
  const fromEnvironment = [PULUMI_BACKEND_URL, PULUMI_API].find(isAddress);
  if (fromEnvironment !== undefined) {
    return fromEnvironment;
  }
  const fix = `set PULUMI_API and PULUMI_ACCESS_TOKEN, or run '${PLAINTEXT_LOGIN}'`;
  const { current } = storedCredentials(surroundings, fix);
  return isAddress(current) ? current : DEFAULT_API_URL;
}

/**
 * The access token for an address. A given one belongs to {@link defaultApiUrl}, `PULUMI_ACCESS_TOKEN` to the address one is
 * logged in to, and they go nowhere else; for other addresses there must be a stored login.
 *
 * @throws OidcRunnerError `API_URL_INVALID`, `API_URL_INSECURE`, `TOKEN_FOR_OTHER_API`, `NOT_LOGGED_IN`, `LOGIN_ENCRYPTED`
 */
export function accessTokenFor(apiUrl: string, surroundings: Surroundings = processSurroundings): string {
  checkApiUrl(apiUrl);
  const origin = originOf(apiUrl);
  const given = surroundings.given?.accessToken;
  if (given !== undefined && originOf(defaultApiUrl(surroundings)) === origin) {
    return given;
  }
  const fromEnvironment = surroundings.env.PULUMI_ACCESS_TOKEN;
  const home = homeApiUrl(surroundings);
  const isHome = originOf(home) === origin;
  if (fromEnvironment && isHome) {
    return fromEnvironment;
  }
  // For another address a variable does not help: under the engine it is the current login's.
  const fix = `${isHome ? "set PULUMI_ACCESS_TOKEN, or " : ""}run '${PLAINTEXT_LOGIN} ${origin}'`;
  const stored = storedToken(origin, storedCredentials(surroundings, fix));
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

/** @param encryptedFix what to do when only the CLI can read the login */
function storedCredentials({ env, readFile }: Surroundings, encryptedFix: string): StoredCredentials {
  // An empty variable counts as unset, as it does for the CLI.
  const directory = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(env.HOME || homedir(), ".pulumi");
  const file = join(directory, "credentials.json");
  const credentials = parsed(readFile(file));
  if (typeof credentials.$pulumiSecureStore === "number") {
    // A guess would send a self-hosted user's requests to api.pulumi.com.
    throw new OidcRunnerError("LOGIN_ENCRYPTED", "the stored Pulumi login is encrypted, and only the CLI can read it", {
      where: file,
      fix: encryptedFix,
    });
  }
  return credentials;
}

function parsed(text = "{}"): StoredCredentials {
  try {
    return (JSON.parse(text) ?? {}) as StoredCredentials;
  } catch {
    return {};
  }
}

/**
 * Refuses what is not an https address, because tokens are sent there; http is for this machine alone, where the lab is.
 *
 * @throws OidcRunnerError `API_URL_INVALID`, `API_URL_INSECURE`
 */
export function checkApiUrl(url: string): void {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new OidcRunnerError("API_URL_INVALID", `"${url}" is not the address of a Pulumi Cloud API`, {
      where: "apiUrl",
      fix: "give an https address such as https://api.pulumi.com",
    });
  }
  if (new URL(url).protocol === "http:" && !isLoopback(url)) {
    throw new OidcRunnerError("API_URL_INSECURE", `tokens would be sent to ${url} unencrypted`, {
      where: "apiUrl",
      fix: "give an https address; for a certificate of your own give caCertificates",
    });
  }
}

/**
 * An API's address in the one notation that state holds, without final slashes, default port or query, because another
 * notation of the same address must replace no resource. What is not an address stays as it is, for the check to refuse.
 */
export function normalApiUrl(url: string): string {
  if (!URL.canParse(url)) {
    return url;
  }
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, "");
}

function originOf(url: string): string {
  return new URL(url).origin;
}
