/** The lab's only AWS account. */
export const LAB_ACCOUNT_ID = "111122223333";

/** The parts of an Amazon Resource Name. */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  /** Everything after the account, e.g. `role/path/name`. */
  resource: string;
}

const ARN = /^arn:(aws|aws-cn|aws-us-gov):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(\S+)$/;

/** The parts, or undefined when the text is not a well-formed ARN. */
export function parseArn(text: string): Arn | undefined {
  const match = ARN.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, partition = "", service = "", region = "", account = "", resource = ""] = match;
  return { partition, service, region, account, resource };
}

/** True for a well-formed ARN of an IAM resource of the given kind, e.g. `policy`. */
export function isIamArn(text: string, kind: string): boolean {
  const arn = parseArn(text);
  return arn?.service === "iam" && arn.region === "" && arn.account !== "" && arn.resource.startsWith(`${kind}/`);
}

/** ARN of an IAM resource of the lab's account. */
export function iamArn(resource: string): string {
  return `arn:aws:iam::${LAB_ACCOUNT_ID}:${resource}`;
}
