import { OidcRunnerError } from "../../errors";

/** What a role is made with, besides its trust policy. */
export interface RoleOptions {
  name?: string;
  namePrefix?: string;
  path?: string;
  permissionsBoundary?: string;
  maxSessionDuration?: number;
  managedPolicyArns?: string[];
  inlinePolicies?: Record<string, string>;
  description?: string;
  tags?: Record<string, string>;
}

const NAME = /^[\w+=,.@-]+$/;
const POLICY_ARN = /^arn:(aws(?:-[a-z]+)*):iam::(?:\d{12}|aws):policy\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,128}$/;
/** Characters of all inline policies of a role together, white space not counted. */
const INLINE_SIZE = 10_240;
/** The prefix leaves 26 characters of the 64 to what the AWS provider appends. */
const LONGEST = { name: 64, namePrefix: 38, policyName: 128, path: 512, description: 1000, tagKey: 128, tagValue: 256 };

/**
 * Refuses what IAM would refuse when other resources exist already (IAM API Reference, `CreateRole`, `PutRolePolicy`,
 * `AttachRolePolicy`; IAM User Guide, "IAM and AWS STS quotas"), and policies of another partition than the role's, which IAM
 * would not find.
 *
 * @param partition `aws`, `aws-cn`, `aws-us-gov`, …; undefined where it is not known yet
 * @throws OidcRunnerError `ROLE_INVALID`
 */
export function checkRoleOptions(options: RoleOptions, where = "aws.role", partition?: string): void {
  const { maxSessionDuration, path, description, managedPolicyArns = [], permissionsBoundary } = options;
  for (const field of ["name", "namePrefix"] as const) {
    checkName(options[field], LONGEST[field], `${where}.${field}`);
  }
  if (path !== undefined && !(/^\/([\x21-\x7e]+\/)?$/.test(path) && path.length <= LONGEST.path)) {
    throw invalid(`"${path}" is not a path`, `${where}.path`, 'begin and end it with a slash, such as "/runners/"');
  }
  if (maxSessionDuration !== undefined && !isBetween(maxSessionDuration, 3600, 43_200)) {
    const what = `${maxSessionDuration} is not a usable session length`;
    throw invalid(what, `${where}.maxSessionDuration`, "give whole seconds, 3600 to 43200; IAM's default is 3600");
  }
  if (description !== undefined && description.length > LONGEST.description) {
    throw invalid("it is too long", `${where}.description`, `use at most ${LONGEST.description} characters`);
  }
  for (const [index, arn] of managedPolicyArns.entries()) {
    checkPolicyArn(arn, `${where}.managedPolicyArns[${index}]`, partition);
    if (managedPolicyArns.indexOf(arn) !== index) {
      throw invalid(`"${arn}" is there twice`, `${where}.managedPolicyArns[${index}]`, "name each policy once");
    }
  }
  if (permissionsBoundary !== undefined) {
    checkPolicyArn(permissionsBoundary, `${where}.permissionsBoundary`, partition);
  }
  checkInlinePolicies(options.inlinePolicies ?? {}, `${where}.inlinePolicies`);
  checkTags(options.tags ?? {}, `${where}.tags`);
}

/**
 * Refuses what is not the ARN of a policy, and one of another partition.
 *
 * @throws OidcRunnerError `ROLE_INVALID`
 */
export function checkPolicyArn(arn: string, where: string, partition?: string): void {
  const own = POLICY_ARN.exec(arn)?.[1];
  if (own === undefined) {
    throw invalid(`"${arn}" is not the ARN of a policy`, where, "give arn:aws:iam::ACCOUNT:policy/NAME");
  }
  if (partition !== undefined && own !== partition) {
    const what = `"${arn}" is of the partition ${own}, the role is in ${partition}`;
    throw invalid(what, where, `give the policy of the role's own partition, arn:${partition}:iam::…`);
  }
}

function checkInlinePolicies(policies: Record<string, string>, where: string): void {
  let size = 0;
  for (const [name, text] of Object.entries(policies)) {
    checkName(name, LONGEST.policyName, `${where}.${name}`);
    if (!isPolicy(text)) {
      const fix = 'give JSON text with "Version" and "Statement", such as JSON.stringify makes of an object';
      throw invalid("it is not a policy in JSON", `${where}.${name}`, fix);
    }
    size += text.replace(/\s/g, "").length;
  }
  if (size > INLINE_SIZE) {
    const what = `the policies have ${size} characters together, and IAM takes ${INLINE_SIZE}`;
    throw invalid(what, where, "use managed policies instead");
  }
}

/** Whether a text is JSON of the form of a policy. */
export function isPolicy(text: string): boolean {
  try {
    const { Statement } = JSON.parse(text) as { Statement?: unknown };
    return typeof Statement === "object" && Statement !== null;
  } catch {
    return false;
  }
}

function checkTags(tags: Record<string, string>, where: string): void {
  const entries = Object.entries(tags);
  if (entries.length > 50) {
    throw invalid(`${entries.length} tags are too many`, where, "give at most 50");
  }
  for (const [key, value] of entries) {
    if (key === "" || key.length > LONGEST.tagKey || /^aws:/i.test(key) || value.length > LONGEST.tagValue) {
      const fix = "give a key of 1 to 128 characters that does not begin with aws:, and a value of at most 256";
      throw invalid("it is not a tag", `${where}.${key}`, fix);
    }
  }
}

function checkName(name: string | undefined, longest: number, where: string): void {
  if (name !== undefined && !(NAME.test(name) && name.length <= longest)) {
    const fix = `use 1 to ${longest} letters, digits and characters of _+=,.@-`;
    throw invalid(`"${name}" is not a name that IAM takes`, where, fix);
  }
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("ROLE_INVALID", what, { where, fix });
}
