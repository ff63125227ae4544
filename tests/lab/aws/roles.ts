import type { RoleSettings } from "../../../lab/aws/roles";

/** What a role of the lab's account is created with. `trust`: its policy, JSON text. */
export function roleInput(
  name: string,
  trust: string,
  change: Partial<RoleSettings & { path: string }> = {},
): RoleSettings & { name: string; path: string } {
  return {
    ...{ name, path: "/", assumeRolePolicy: trust, description: "", maxSessionDuration: 3600 },
    ...{ permissionsBoundary: "", tags: {} },
    ...change,
  };
}

/** The trust policy that EKS Pod Identity needs, under a condition if one is given. */
export function podIdentityTrust(condition?: object): string {
  return policy({
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    ...(condition !== undefined && { Condition: condition }),
  });
}

/** The trust policy for one subject of an issuer, with the audience STS expects. */
export function webIdentityTrust(issuer: string, subject: string): string {
  const provider = issuer.replace("https://", "");
  return policy({
    Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${provider}` },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { [`${provider}:sub`]: subject, [`${provider}:aud`]: "sts.amazonaws.com" } },
  });
}

function policy(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}
