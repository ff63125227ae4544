import { createFetch } from "../../pulumi-cloud/api";
import { type AllowedIdentity, createVerifier, type TrustedIssuer, type Verdict, type Verifier } from "../../runtime";
import { OidcRunnerError } from "../../trust";
import { print, printJson } from "../print";
import { readJson, readText } from "../read-input";

/** Options of `oidc-runner verify`. */
export interface VerifyOptions {
  issuer: string;
  audience: string;
  jwks?: string;
  tokenFile: string;
  namespace?: string;
  serviceAccount?: string;
  /** `PATH=PATTERN` each. */
  rule: string[];
  json?: boolean;
}

/** The options that an error of the verifier is about. */
const WHERE: Record<string, string> = {
  "issuers[0].keys": "--jwks",
  "issuers[0]": "--issuer",
  issuers: "--issuer",
  audience: "--audience",
  "allow[0].serviceAccountName": "--service-account",
  "allow[0].rules": "--rule",
  "allow[0]": "--namespace",
  namespace: "--namespace",
};

/**
 * Verifies a token as a service would, and prints the verdict. Returns the exit code: 0 valid, 1 invalid. `now`: milliseconds,
 * default the machine's clock.
 *
 * @throws OidcRunnerError `INPUT_INVALID`, `KEYS_UNAVAILABLE`, and those of `createVerifier`, with the option they are about
 */
export async function verifyCommand(options: VerifyOptions, now: () => number = Date.now): Promise<number> {
  const token = readToken(options.tokenFile);
  const fetch = await createFetch(undefined);
  const verifier = named(() =>
    createVerifier({
      issuers: [issuerOf(options)],
      audience: options.audience,
      allow: allowOf(options) ?? "unchecked",
      clock: now,
      fetch,
    }),
  );
  const verdict = await verdictOf(verifier, token);
  const answer = verdict.valid
    ? {
        valid: true,
        code: "VALID",
        message: `${verdict.identity.subject}, until ${timeText(verdict.identity.expiresAt)}`,
      }
    : { valid: false, code: verdict.code, message: verdict.message };
  if (options.json) {
    printJson(answer);
  } else {
    print(verdict.valid ? "valid" : "invalid", `  ${verdict.valid ? "" : `${answer.code}: `}${answer.message}`);
  }
  return verdict.valid ? 0 : 1;
}

/** The verdict; an error where the keys can't be read, because nothing is known of the token then. */
async function verdictOf(verifier: Verifier, token: string): Promise<Verdict> {
  const verdict = await verifier.verify(token);
  if (!verdict.valid && verdict.code === "KEYS_UNAVAILABLE") {
    throw new OidcRunnerError("KEYS_UNAVAILABLE", verdict.message, {
      where: "--issuer",
      fix: "check the address and the network, or give the keys by --jwks",
    });
  }
  return verdict;
}

function issuerOf({ issuer, jwks }: VerifyOptions): TrustedIssuer {
  return jwks === undefined ? { issuer } : { issuer, keys: readJson(jwks, "--jwks") as TrustedIssuer["keys"] };
}

function allowOf({ namespace, serviceAccount, rule }: VerifyOptions): [AllowedIdentity] | undefined {
  if (namespace === undefined && serviceAccount === undefined && rule.length === 0) {
    return undefined;
  }
  const rules = rule.map((text): [string, string] => {
    const [, path, pattern] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (path === undefined || pattern === undefined) {
      throw new OidcRunnerError("INPUT_INVALID", `"${text}" is not a rule`, {
        where: "--rule",
        fix: "give a claim path and a pattern, such as email=runner@acme.iam.gserviceaccount.com",
      });
    }
    return [path, pattern];
  });
  return [{ namespace, serviceAccountName: serviceAccount, rules: Object.fromEntries(rules) }];
}

/** The file's text without the line end that editors and `echo` write; all else is the token. */
function readToken(file: string): string {
  return readText(file, "--token-file").replace(/\r?\n$/, "");
}

/** Names the option in place of the library's argument. */
function named<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { where = "" } = error as OidcRunnerError;
    const option = Object.keys(WHERE).find((argument) => where.startsWith(argument));
    if (!(error instanceof OidcRunnerError) || option === undefined) {
      throw error;
    }
    throw new OidcRunnerError(error.code, error.what, { where: WHERE[option], fix: error.fix, cause: error });
  }
}

function timeText(seconds: number): string {
  return Number.isFinite(new Date(seconds * 1000).getTime()) ? new Date(seconds * 1000).toISOString() : `${seconds} s`;
}
