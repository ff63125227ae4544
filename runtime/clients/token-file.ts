import { readFile, realpath } from "node:fs/promises";
import { dirname, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OidcRunnerError } from "../../trust";
import type { TokenSource } from "./token-source";

/** How a token's file is read. */
export interface TokenFileOptions {
  /** How long a file that is missing or half-written is waited for, in milliseconds. Default: 2000. */
  patienceMs?: number;
  /** Waits between two looks at the file, each 50 ms. Default: the machine's timer. */
  sleep?: (ms: number) => Promise<unknown>;
}

const PAUSE_MS = 50;
/** Header, claims and signature. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)$/;
/** Length of a signature in base64url, by algorithm; RSA's follows the key: 2048, 3072, 4096 bits. */
const ECDSA: Record<string, number> = { ES256: 86, ES384: 128, ES512: 176, EdDSA: 86, Ed25519: 86 };
const RSA = [342, 512, 683];

/**
 * A pod's projected token. The file is read for every request, because the kubelet renews it after 80 % of its life
 * (kubernetes/kubernetes, pkg/kubelet/token/token_manager.go at 064c7f8, `requiresRefresh`), and reading a memory file costs less than
 * a stale token. A file that is missing or half-written is read again until it is whole.
 *
 * The links that the kubelet makes are followed (`token` to `..data/token` to a directory of its time; kubernetes/kubernetes,
 * pkg/volume/util/atomic_writer.go at 00e1102), none that lead out of the file's directory.
 *
 * The source throws OidcRunnerError `TOKEN_FILE_UNUSABLE`.
 *
 * @example
 * const source = tokenFile("/var/run/secrets/orders/token");
 */
export function tokenFile(path: string, options: TokenFileOptions = {}): TokenSource {
  const { patienceMs = 2000, sleep: wait = sleep } = options;
  return {
    async get() {
      for (let left = Math.ceil(patienceMs / PAUSE_MS); ; left -= 1) {
        const { token, fault } = await read(path);
        if (token !== undefined) {
          return token;
        }
        if (left <= 0 || fault === LEADS_OUT) {
          throw new OidcRunnerError("TOKEN_FILE_UNUSABLE", `${path} ${fault}`, {
            where: path,
            fix: "give the path of a projected token (serviceAccountToken of a projected volume)",
          });
        }
        await wait(PAUSE_MS);
      }
    },
  };
}

const LEADS_OUT = "is a link that leads out of its directory";

async function read(path: string): Promise<{ token?: string; fault?: string }> {
  try {
    const [directory, file] = await Promise.all([realpath(dirname(path)), realpath(path)]);
    if (!file.startsWith(directory + sep)) {
      return { fault: LEADS_OUT };
    }
    const token = (await readFile(file, "utf8")).trim();
    return isWhole(token) ? { token } : { fault: "holds no whole token" };
  } catch (error) {
    return { fault: `can't be read (${(error as NodeJS.ErrnoException).code})` };
  }
}

/** Whether a token has all its parts, and the signature the length that its algorithm gives it. */
function isWhole(token: string): boolean {
  const [, signature] = TOKEN.exec(token) ?? [];
  if (signature === undefined) {
    return false;
  }
  const [header, claims] = token.split(".", 2).map((part) => {
    try {
      return JSON.parse(Buffer.from(part, "base64url").toString()) as { alg?: unknown };
    } catch {
      return undefined;
    }
  });
  const algorithm = String(header?.alg);
  const length = ECDSA[algorithm];
  return claims !== undefined && (length === undefined ? RSA.includes(signature.length) : signature.length === length);
}
