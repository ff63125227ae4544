import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner, OidcIssuer, OidcPolicy, OidcTrustSetup } from "pulumi-oidc-runner";

/**
 * A resource as the tests describe it. `parent` and a value `{ "of": name, "output": name }` name earlier ones; without
 * `output` the value is the resource itself.
 */
interface Described {
  kind: keyof typeof KINDS;
  name: string;
  args?: Record<string, unknown>;
  parent?: string;
  /** What it was called, and that it had no parent. */
  aliases?: { name?: string; noParent?: true }[];
}

/** A component that does nothing: a place to move others below. */
class Group extends pulumi.ComponentResource {
  constructor(name: string, _args: object, options?: pulumi.ComponentResourceOptions) {
    super("tested:index:Group", name, {}, options);
  }
}

const KINDS = { Group, KubernetesOidcRunner, OidcIssuer, OidcPolicy, OidcTrustSetup };

const made = new Map<string, pulumi.Resource & Record<string, unknown>>();

function resolved(value: unknown): unknown {
  const { of, output } = value as { of?: string; output?: string };
  const resource = of === undefined ? undefined : made.get(of);
  return resource === undefined ? value : output === undefined ? resource : resource[output];
}

const aliasOf = ({ name, noParent }: NonNullable<Described["aliases"]>[number]): pulumi.Alias => ({
  ...(name !== undefined && { name }),
  ...(noParent && { parent: pulumi.rootStackResource }),
});

for (const { kind, name, args, parent, aliases } of new pulumi.Config().requireObject<Described[]>("resources")) {
  const given = Object.fromEntries(Object.entries(args ?? {}).map(([key, value]) => [key, resolved(value)]));
  const options = { parent: parent === undefined ? undefined : made.get(parent), aliases: aliases?.map(aliasOf) };
  made.set(name, new KINDS[kind](name, given as never, options) as never);
}
