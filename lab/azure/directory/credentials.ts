import type { ServiceError } from "../../providers/cloud";

/** A federated identity credential, in Microsoft Graph's names. */
export interface Credential {
  /** Unique among those of its owner. */
  name: string;
  issuer: string;
  audiences: string[];
  /** Absent from a flexible one. */
  subject?: string;
  claimsMatchingExpression?: { value: string; languageVersion: number };
  description?: string;
  /** When it was last written, milliseconds by the lab's clock. */
  written: number;
}

/** What a caller says of one. */
export type CredentialSettings = Omit<Credential, "written">;

/** How an API words what is wrong with a credential. */
export type Refuse = (message: string) => ServiceError;

/** Credentials of an application or an identity (Entra documentation, "Important considerations and restrictions"). */
const MOST = 20;
/** Characters of an issuer, a subject and an audience each (Microsoft Graph reference, `federatedIdentityCredential`). */
const LONGEST = 600;

/** The credentials of one application or managed identity. */
export class Credentials {
  readonly #all = new Map<string, Credential>();
  readonly #clock: () => number;
  readonly #refuse: Refuse;

  constructor(clock: () => number, refuse: Refuse) {
    this.#clock = clock;
    this.#refuse = refuse;
  }

  list(): Credential[] {
    return [...this.#all.values()];
  }

  find(name: string): Credential | undefined {
    return this.#all.get(name);
  }

  /** Creates or replaces the one of this name. The words are those of the page "Errors" in the same document, where it has them. */
  put(settings: CredentialSettings): Credential {
    const { name, issuer, subject, claimsMatchingExpression: expression, audiences } = settings;
    if (!/^[A-Za-z0-9][\w-]{2,119}$/.test(name)) {
      throw this.#refuse(`Federated Identity Credential name '${name}' is invalid.`);
    }
    if (audiences.length !== 1) {
      throw this.#refuse("Federated identity credentials must have exactly one audience.");
    }
    const texts = [issuer, subject ?? expression?.value ?? "", ...audiences];
    if (texts.includes("")) {
      throw this.#refuse("Federated Identity Credential from HTTP body has empty properties");
    }
    if (texts.some((text) => text.length > LONGEST)) {
      throw this.#refuse(`The properties of a Federated Identity Credential have at most ${LONGEST} characters.`);
    }
    const others = this.list().filter((other) => other.name !== name);
    const same = (other: Credential) => other.issuer === issuer && other.subject === subject;
    if (subject !== undefined && others.some(same)) {
      throw this.#refuse("Issuer and subject combination already exists for this Managed Identity.");
    }
    if (others.length >= MOST) {
      throw this.#refuse("Too many Federated Identity Credentials");
    }
    const written = { ...settings, written: this.#clock() };
    this.#all.set(name, written);
    return written;
  }

  remove(name: string): void {
    this.#all.delete(name);
  }
}
