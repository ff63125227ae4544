import { randomBytes } from "node:crypto";
import { ServiceError } from "../providers/cloud";
import { iamArn, isIamArn, LAB_ACCOUNT_ID, parseArn } from "./arn";
import { alreadyExists, limitExceeded, noSuchEntity, validationError } from "./errors";
import { MANAGED_POLICIES } from "./managed-policies";
import { checkPermissionPolicy, checkTrustPolicy, MAX_INLINE_POLICIES, size } from "./policy-document";

/** What can change in the life of a role. */
export interface RoleSettings {
  /** The trust policy, JSON text. */
  assumeRolePolicy: string;
  description: string;
  /** Longest session in seconds, 3600 to 43200. */
  maxSessionDuration: number;
  /** ARN of a policy, or empty. */
  permissionsBoundary: string;
  tags: Record<string, string>;
}

/** A role of the account. */
export interface Role extends RoleSettings {
  name: string;
  /** `/`, or text between slashes. */
  path: string;
  arn: string;
  /** `AROA…`: differs between two roles of one name. */
  uniqueId: string;
  /** ISO 8601. */
  createDate: string;
}

interface Entry {
  role: Role;
  attached: Set<string>;
  inline: Map<string, string>;
}

/** The account's roles with their policies, kept in memory and checked as IAM checks them. */
export class Roles {
  readonly #entries = new Map<string, Entry>();

  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  create(input: { name: string; path: string } & RoleSettings): Role {
    checkName("roleName", input.name, 64);
    if (input.path.length > 512 || !/^(\/|\/[\x21-\x7e]+\/)$/.test(input.path)) {
      throw validationError("path", input.path, "The specified value must begin and end with /");
    }
    checkSettings(input);
    if (this.#entries.has(input.name.toLowerCase())) {
      throw alreadyExists(`Role with name ${input.name} already exists.`);
    }
    const role: Role = {
      ...input,
      arn: iamArn(`role${input.path}${input.name}`),
      uniqueId: uniqueId(),
      createDate: `${this.#now().toISOString().slice(0, 19)}Z`,
    };
    this.#entries.set(input.name.toLowerCase(), { role, attached: new Set(), inline: new Map() });
    return role;
  }

  get(name: string): Role {
    return this.#entry(name).role;
  }

  list(): Role[] {
    return [...this.#entries.values()].map(({ role }) => role);
  }

  update(name: string, settings: RoleSettings): Role {
    const entry = this.#entry(name);
    checkSettings(settings);
    entry.role = { ...entry.role, ...settings };
    return entry.role;
  }

  /** Refused while the role has policies, unless `force` takes them off first (the provider's `forceDetachPolicies`). */
  delete(name: string, force = false): void {
    const { attached, inline } = this.#entry(name);
    if (!force && attached.size > 0) {
      throw new ServiceError("DeleteConflict", 409, "Cannot delete entity, must detach all policies first.");
    }
    if (!force && inline.size > 0) {
      throw new ServiceError("DeleteConflict", 409, "Cannot delete entity, must delete policies first.");
    }
    this.#entries.delete(name.toLowerCase());
  }

  /** Attaches a managed policy; attaching it twice is not an error. At most 10 a role. */
  attach(name: string, policyArn: string): void {
    const { attached } = this.#entry(name);
    checkPolicyArn(policyArn);
    if (!attached.has(policyArn) && attached.size >= 10) {
      throw limitExceeded("PoliciesPerRole", 10);
    }
    attached.add(policyArn);
  }

  detach(name: string, policyArn: string): void {
    if (!this.#entry(name).attached.delete(policyArn)) {
      throw noSuchEntity(`Policy ${policyArn} was not found.`);
    }
  }

  attachedPolicies(name: string): string[] {
    return [...this.#entry(name).attached];
  }

  /** Writes an inline policy, over one of the same name. */
  putPolicy(name: string, policyName: string, policy: string): void {
    const { inline } = this.#entry(name);
    checkName("policyName", policyName, 128);
    checkPermissionPolicy(policy);
    const others = [...inline].filter(([other]) => other !== policyName).reduce((sum, [, text]) => sum + size(text), 0);
    if (others + size(policy) > MAX_INLINE_POLICIES) {
      throw limitExceeded("InlinePolicySizePerRole", MAX_INLINE_POLICIES);
    }
    inline.set(policyName, policy);
  }

  getPolicy(name: string, policyName: string): string {
    const policy = this.#entry(name).inline.get(policyName);
    if (policy === undefined) {
      throw noSuchEntity(`The role policy with name ${policyName} cannot be found.`);
    }
    return policy;
  }

  /** The texts of its inline policies. */
  inlinePolicies(name: string): string[] {
    return [...this.#entry(name).inline.values()];
  }

  deletePolicy(name: string, policyName: string): void {
    this.getPolicy(name, policyName);
    this.#entry(name).inline.delete(policyName);
  }

  // IAM tells names apart by their letters, not by their case.
  #entry(name: string): Entry {
    const entry = this.#entries.get(name.toLowerCase());
    if (entry === undefined) {
      throw noSuchEntity(`The role with name ${name} cannot be found.`);
    }
    return entry;
  }
}

function checkSettings(settings: RoleSettings): void {
  const { maxSessionDuration, description, tags, permissionsBoundary } = settings;
  if (!Number.isInteger(maxSessionDuration) || maxSessionDuration < 3600 || maxSessionDuration > 43_200) {
    throw validationError("maxSessionDuration", maxSessionDuration, "Member must have value between 3600 and 43200");
  }
  if (description.length > 1000) {
    throw validationError("description", description, "Member must have length less than or equal to 1000");
  }
  if (Object.keys(tags).length > 50) {
    throw limitExceeded("TagsPerRole", 50);
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128) {
      throw validationError("tags.key", key, "Member must have length 1 to 128");
    }
    if (value.length > 256) {
      throw validationError("tags.value", value, "Member must have length up to 256");
    }
  }
  if (permissionsBoundary !== "") {
    checkPolicyArn(permissionsBoundary);
  }
  checkTrustPolicy(settings.assumeRolePolicy);
}

function checkName(parameter: string, name: string, longest: number): void {
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw validationError(parameter, name, "Member must satisfy regular expression pattern: [\\w+=,.@-]+");
  }
  if (name.length > longest) {
    throw validationError(parameter, name, `Member must have length less than or equal to ${longest}`);
  }
}

/** Refuses what can't be attached. The lab has no customer-managed policies; those of other accounts it takes as existing. */
function checkPolicyArn(arn: string): void {
  const policy = /^policy\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,128}$/;
  // The account is in the partition `aws`, and a policy of another one can't be attached.
  if (!isIamArn(arn, "policy") || !arn.startsWith("arn:aws:") || !policy.test(parseArn(arn)?.resource ?? "")) {
    throw new ServiceError("InvalidInput", 400, `ARN ${arn} is not valid.`);
  }
  if (arn.includes(`:${LAB_ACCOUNT_ID}:`) || !isThere(arn)) {
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  }
}

function isThere(arn: string): boolean {
  return !arn.startsWith("arn:aws:iam::aws:") || MANAGED_POLICIES.has(arn.split("/").at(-1) ?? "");
}

function uniqueId(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return `AROA${[...randomBytes(17)].map((byte) => letters[byte % 32]).join("")}`;
}
