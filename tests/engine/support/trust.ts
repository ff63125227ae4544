import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Engine, type EngineOptions } from "../../../lab/engine/engine";
import type { LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { ok } from "./engine";
import { control } from "./http";

/** A resource of the program `programs/trust`. */
export interface Described {
  kind: "Group" | "KubernetesOidcRunner" | "OidcIssuer" | "OidcPolicy" | "OidcTrustSetup";
  name: string;
  /** A value `{ of, output }` stands for an output of an earlier resource, `{ of }` for the resource. */
  args?: Record<string, unknown>;
  parent?: string;
  /** What it was called, and that it had no parent. */
  aliases?: { name?: string; noParent?: true }[];
}

/** The one issuer that the resources are about. */
export const ISSUER = "https://kubernetes.example.com";

/** Keys of an issuer that nobody needs to reach. */
const JWKS = { keys: [{ kty: "OKP", kid: "1", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] };

/** An organization of a test's own in the lab's Pulumi Cloud: the same lab, with that organization and its administrator. */
export async function organizationOn(state: LabState, organization: string): Promise<LabState> {
  const { body } = await control<{ adminToken: string }>(state, "POST", "/pulumi-cloud/organizations", {
    name: organization,
  });
  return { ...state, pulumiCloud: { ...state.pulumiCloud, organization, adminToken: body.adminToken } };
}

/** A policy for organization tokens, as a program gives it. */
function asGiven({ decision, rules }: PolicyDefinition): object {
  return { decision, accessToken: { organization: {} }, rules };
}

/** Makes resources of the program `programs/trust` in the organization of a lab's state. */
export class Trust {
  readonly #common: Record<string, unknown>;
  readonly #organization: string;

  constructor(readonly state: LabState) {
    this.#organization = state.pulumiCloud.organization;
    this.#common = { organization: this.#organization, caCertificates: readFileSync(state.ca, "utf8") };
  }

  setup(name: string, policies: PolicyDefinition[] | undefined, args: object = {}): Described {
    const custom = { issuerUrl: ISSUER, jwks: JWKS };
    return {
      kind: "OidcTrustSetup",
      name,
      args: { ...this.#common, custom, policies: policies?.map(asGiven), ...args },
    };
  }

  /** @param setup name of the `OidcTrustSetup` whose issuer it is about */
  policy(name: string, setup: string, definitions: PolicyDefinition[], args: object = {}): Described {
    const issuerId = { of: setup, output: "issuerId" };
    return {
      kind: "OidcPolicy",
      name,
      args: { ...this.#common, issuerId, policies: definitions.map(asGiven), ...args },
    };
  }

  runner(name: string, args: object): Described {
    return { kind: "KubernetesOidcRunner", name, args: { ...this.#common, ...args } };
  }

  /** An allow of organization tokens for a ServiceAccount. */
  allow(serviceAccount: string): PolicyDefinition {
    return {
      decision: "allow",
      tokenType: "organization",
      authorizedPermissions: [],
      rules: { aud: `urn:pulumi:org:${this.#organization}`, sub: `system:serviceaccount:tested:${serviceAccount}` },
    };
  }

  /** A stack of the program, unique by its name among all tests. */
  async stack(name: string, env: Record<string, string> = {}): Promise<TrustStack> {
    const project = join(packageRoot(), "tests", "engine", "programs", "trust");
    const stack = new TrustStack(this.state, { project, stack: name, env });
    await stack.init();
    return stack;
  }
}

/** A stack of the program `programs/trust`. */
export class TrustStack extends Engine {
  readonly #state: LabState;
  readonly #options: EngineOptions;

  constructor(state: LabState, options: EngineOptions) {
    super(state, options);
    this.#state = state;
    this.#options = options;
  }

  /** What follows a killed update: the lock is lifted (there is none if the update had ended) and the state is looked through. */
  async recover(): Promise<void> {
    await this.run(["cancel", "--yes", "--stack", this.stack, "--cwd", this.#options.project]);
    await ok(this.refresh(["--clear-pending-creates"]));
  }

  /** Says which resources the program has, in the order of their making. */
  describe(...resources: Described[]): void {
    this.configure({ resources: JSON.stringify(resources) });
  }

  /** The same stack, whose engine is killed when the signal says so. */
  until(signal: AbortSignal): TrustStack {
    return new TrustStack(this.#state, { ...this.#options, signal });
  }
}
