import { OidcRunnerError } from "../../../trust";

/**
 * Forms of values that the AWS provider checks before it asks AWS (hashicorp/terraform-provider-aws at 02f97af85f89,
 * internal/verify/validate.go); with regions of sovereign clouds, such as `eusc-de-east-1`.
 */
const PARTITION = /^aws(-[a-z]+)*$/;
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
const ACCOUNT = /^(aws|aws-managed|third-party|\d{12}|cw.{10})$/;

/** What is wrong with an ARN; undefined for a good one. */
export function arnMistake(name: string): (value: unknown) => string | undefined {
  return (value) => {
    const text = String(value);
    const [prefix, partition = "", service, region = "", account = "", ...resource] = text.split(":");
    const invalid = (what: string) => `"${name}" (${text}) is an invalid ARN: ${what}`;
    if (prefix !== "arn") {
      return invalid("arn: invalid prefix");
    }
    if (service === undefined || resource.length === 0) {
      return invalid("arn: not enough sections");
    }
    if (!PARTITION.test(partition)) {
      return invalid("invalid partition value");
    }
    if (region !== "" && !REGION.test(region)) {
      return invalid("invalid region value");
    }
    if (account !== "" && !ACCOUNT.test(account)) {
      return invalid("invalid account ID value");
    }
    return resource.join(":") === "" ? invalid("missing resource value") : undefined;
  };
}

/** Refuses what is not the name of a region. */
export function checkRegion(text: string): void {
  if (REGION.test(text)) {
    return;
  }
  throw new OidcRunnerError("REGION_INVALID", `invalid AWS Region: ${text}`, {
    where: "aws:region",
    fix: 'give the name of a region, such as "eu-west-1"',
  });
}
