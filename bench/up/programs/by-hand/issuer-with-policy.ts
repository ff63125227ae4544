import * as pulumi from "@pulumi/pulumi";

/** What is registered: an issuer, and all of its policy. */
export interface IssuerWithPolicyArgs {
  organization: string;
  url: string;
  jwks?: object;
  definitions: object[];
}

/** The three requests that registering an issuer with its policy takes when nobody else writes it. */
const provider: pulumi.dynamic.ResourceProvider<IssuerWithPolicyArgs, IssuerWithPolicyArgs> = {
  async create({ organization, url, jwks, definitions }) {
    const api = `${process.env.PULUMI_API}/api/orgs/${organization}`;
    const call = async (method: string, path: string, body?: object) => {
      const headers = { Authorization: `token ${process.env.PULUMI_ACCESS_TOKEN}`, "Content-Type": "application/json" };
      const response = await fetch(`${api}/${path}`, { method, headers, body: body && JSON.stringify(body) });
      if (!response.ok) {
        throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      }
      return (await response.json()) as { id: string };
    };
    const issuer = await call("POST", "oidc/issuers", { name: url.replace("https://", ""), url, jwks });
    const policy = await call("GET", `auth/policies/oidcissuers/${issuer.id}`);
    await call("PATCH", `auth/policies/${policy.id}`, { policies: definitions });
    return { id: issuer.id, outs: { organization, url, definitions } };
  },
};

/** An issuer with its policy, as a dynamic resource of the program's own. */
export class IssuerWithPolicy extends pulumi.dynamic.Resource {
  constructor(name: string, args: IssuerWithPolicyArgs) {
    super(provider, name, args);
  }
}
