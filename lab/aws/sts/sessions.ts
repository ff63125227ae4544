import { randomBytes } from "node:crypto";
import type { Role } from "../roles";

/** Who holds temporary credentials: a role, assumed under a session name. */
export interface RoleSession {
  role: Role;
  sessionName: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Temporary credentials. */
export interface SessionCredentials {
  /** `ASIA` and 16 capitals and digits. */
  accessKeyId: string;
  secretAccessKey: string;
  /** Opaque. */
  sessionToken: string;
  expiration: Date;
}

/** A session and the secrets that prove it. */
export interface HeldSession extends RoleSession {
  credentials: SessionCredentials;
}

/** The temporary credentials of the lab's account: random, in memory only, and worth nothing outside of the lab. */
export class Sessions {
  readonly #byKey = new Map<string, HeldSession>();

  readonly #clock: () => number;

  /** `clock`: milliseconds since the epoch. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Credentials for a session that begins now. */
  issue({ role, sessionName, seconds }: { role: Role; sessionName: string; seconds: number }): SessionCredentials {
    // In whole seconds, as the answers have it.
    const expiresAt = (Math.floor(this.#clock() / 1000) + seconds) * 1000;
    const credentials = {
      accessKeyId: `ASIA${capitals(16)}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(300).toString("base64"),
      expiration: new Date(expiresAt),
    };
    this.#byKey.set(credentials.accessKeyId, { role, sessionName, expiresAt, credentials });
    return credentials;
  }

  /** The session of an access key, expired or not. */
  find(accessKeyId: string): HeldSession | undefined {
    return this.#byKey.get(accessKeyId);
  }
}

/** ARN and id of an assumed role: without the role's path, which STS leaves out. */
export function assumedRole({ role, sessionName }: Pick<RoleSession, "role" | "sessionName">): {
  arn: string;
  id: string;
} {
  const [, partition = "", , , account = ""] = role.arn.split(":");
  return {
    arn: `arn:${partition}:sts::${account}:assumed-role/${role.name}/${sessionName}`,
    id: `${role.uniqueId}:${sessionName}`,
  };
}

function capitals(count: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...randomBytes(count)].map((byte) => letters[byte % 32]).join("");
}
