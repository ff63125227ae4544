import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { peer, perRun } from "../lib";

/** ARNs of AWS' own policies. Others may be made in the same program. */
const AWS_OWN = /^arn:[\w-]+:iam::aws:policy\//;

/**
 * What the AWS provider says of a policy that there is not (hashicorp/terraform-provider-aws at 01f43111,
 * internal/service/iam/policy_data_source.go: GetPolicy, which is not repeated; its NotFoundError). Anything else, such as a missing
 * permission iam:GetPolicy, says nothing about the policy.
 */
const NOT_FOUND = /couldn't find resource|NoSuchEntity/;

/** Whether each policy is there, by its ARN. */
const answers = perRun(() => new Map<string, Promise<boolean>>());

/**
 * Refuses ARNs of AWS' own policies that AWS does not have, where it tells.
 *
 * @throws OidcRunnerError `MANAGED_POLICY_NOT_FOUND`
 */
export async function refuseUnknownPolicies(
  arns: readonly string[],
  parent: pulumi.Resource,
  where: (arn: string) => string,
): Promise<void> {
  const own = arns.filter((arn) => AWS_OWN.test(arn));
  const found = await Promise.all(own.map((arn) => isThere(arn, parent)));
  const [unknown] = own.filter((_, index) => found[index] === false);
  if (unknown !== undefined) {
    throw new OidcRunnerError("MANAGED_POLICY_NOT_FOUND", `AWS has no managed policy ${unknown}`, {
      where: where(unknown),
      fix: "give an ARN as `aws iam list-policies --scope AWS --query 'Policies[].Arn'` prints it",
    });
  }
}

function isThere(arn: string, parent: pulumi.Resource): Promise<boolean> {
  const { getPolicy } = peer(
    "@pulumi/aws",
    () => require("@pulumi/aws/iam/getPolicy") as typeof import("@pulumi/aws/iam/getPolicy"),
  );
  const known = answers();
  const answer =
    known.get(arn) ??
    getPolicy({ arn }, { parent }).then(
      () => true,
      (error: unknown) => !NOT_FOUND.test(String(error)),
    );
  known.set(arn, answer);
  return answer;
}
