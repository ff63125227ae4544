import { randomBytes } from "node:crypto";
import { POD_IDENTITY_AUDIENCE } from "../../../trust/issuers";
import { checkRoleArn } from "../../../trust/parties/aws";
import { readTrustPolicy, type Statement } from "../../../trust/parties/aws/evaluate";
import { podIdentityExternalId } from "../../../trust/parties/aws/target-role";
import { ServiceError } from "../../providers/cloud";
import { LAB_ACCOUNT_ID } from "../arn";
import { findRole } from "../find-role";
import { checkPermissionPolicy } from "../policy-document";
import type { Role, Roles } from "../roles";
import { trustVerdict } from "../trust-verdict";

/** What is given to create an association. Its cluster, namespace and ServiceAccount never change. */
export interface PodIdentityAssociationInput {
  clusterName: string;
  namespace: string;
  serviceAccount: string;
  /** Of a role of the account. */
  roleArn: string;
  tags: Record<string, string>;
  /** Of the role that the first one assumes for the pods, of any account; it is looked for when a pod asks. */
  targetRoleArn?: string;
  /** Default: false. */
  disableSessionTags?: boolean;
  /** What the pods may do at most, of what their role may: JSON text. */
  policy?: string;
}

/** A role for the pods of one ServiceAccount of one cluster. */
export interface PodIdentityAssociation extends PodIdentityAssociationInput {
  /** `a-` and 17 letters and digits. */
  associationId: string;
  associationArn: string;
  disableSessionTags: boolean;
  /** What the target role's trust policy finds as `sts:ExternalId`; only with a target role. */
  externalId?: string;
  /** ISO 8601. */
  createdAt: string;
  modifiedAt: string;
}

/** What the store is made with. */
export interface PodIdentityOptions {
  roles: Roles;
  /** Region of an EKS cluster by its name; undefined when there is none. */
  regionOf: (clusterName: string) => string | undefined;
  /** Default the real clock. */
  now?: () => Date;
}

const MAXIMUM_TAGS = 50;

/** What an update sets: all of it, as the AWS provider sends all of it (`internal/service/eks/pod_identity_association.go`). */
type Settings = Pick<
  PodIdentityAssociationInput,
  "roleArn" | "tags" | "targetRoleArn" | "disableSessionTags" | "policy"
>;

/** The account's EKS Pod Identity associations (EKS API, `CreatePodIdentityAssociation` and its siblings), in memory. */
export class PodIdentityAssociations {
  readonly #byId = new Map<string, PodIdentityAssociation>();
  readonly #options: Required<PodIdentityOptions>;

  constructor(options: PodIdentityOptions) {
    this.#options = { now: () => new Date(), ...options };
  }

  /** Refuses a second one for the ServiceAccount, and a role that is not there or that EKS may not assume. */
  create(input: PodIdentityAssociationInput): PodIdentityAssociation {
    const region = this.#region(input.clusterName);
    checkSubject(input);
    this.#checkSettings(input);
    const same = this.find(input);
    if (same !== undefined) {
      throw new ServiceError("ResourceInUseException", 409, `Association already exists: ${same.associationId}`);
    }
    const associationId = `a-${randomBytes(9).toString("hex").slice(0, 17)}`;
    const path = `podidentityassociation/${input.clusterName}/${associationId}`;
    const time = this.#time();
    const association = {
      ...input,
      ...this.#derived(input),
      associationId,
      associationArn: `arn:aws:eks:${region}:${LAB_ACCOUNT_ID}:${path}`,
      createdAt: time,
      modifiedAt: time,
    };
    this.#byId.set(associationId, association);
    return association;
  }

  /** One of a cluster by its id. */
  get(clusterName: string, associationId: string): PodIdentityAssociation {
    this.#region(clusterName);
    const association = this.#byId.get(associationId);
    if (association?.clusterName !== clusterName) {
      const message = `The associationId ${associationId} was not found in cluster ${clusterName}`;
      throw new ServiceError("ResourceNotFoundException", 404, message);
    }
    return association;
  }

  /** Of one cluster; narrowed to a namespace, and in it to a ServiceAccount. */
  list(clusterName: string, filter: { namespace?: string; serviceAccount?: string } = {}): PodIdentityAssociation[] {
    this.#region(clusterName);
    return [...this.#byId.values()].filter(
      (association) =>
        association.clusterName === clusterName &&
        (filter.namespace ?? association.namespace) === association.namespace &&
        (filter.serviceAccount ?? association.serviceAccount) === association.serviceAccount,
    );
  }

  /** Gives the pods other roles, or the association other settings; those that are left out are unset. */
  update(clusterName: string, associationId: string, settings: Settings): PodIdentityAssociation {
    const { targetRoleArn: _target, policy: _policy, ...association } = this.get(clusterName, associationId);
    this.#checkSettings(settings);
    const input = { ...association, disableSessionTags: false, ...settings };
    const changed = { ...input, ...this.#derived(input), modifiedAt: this.#time() };
    this.#byId.set(associationId, changed);
    return changed;
  }

  delete(clusterName: string, associationId: string): void {
    this.get(clusterName, associationId);
    this.#byId.delete(associationId);
  }

  /** The association of a ServiceAccount's pods, if there is one. */
  find(
    subject: Pick<PodIdentityAssociation, "clusterName" | "namespace" | "serviceAccount">,
  ): PodIdentityAssociation | undefined {
    return [...this.#byId.values()].find(
      ({ clusterName, namespace, serviceAccount }) =>
        clusterName === subject.clusterName &&
        namespace === subject.namespace &&
        serviceAccount === subject.serviceAccount,
    );
  }

  #region(clusterName: string): string {
    const region = this.#options.regionOf(clusterName);
    if (region === undefined) {
      throw new ServiceError("ResourceNotFoundException", 404, `No cluster found for name: ${clusterName}.`);
    }
    return region;
  }

  #derived(input: PodIdentityAssociationInput) {
    const { clusterName, targetRoleArn, disableSessionTags = false } = input;
    const clusterArn = `arn:aws:eks:${this.#region(clusterName)}:${LAB_ACCOUNT_ID}:cluster/${clusterName}`;
    const pod = { clusterArn, namespace: input.namespace, serviceAccountName: input.serviceAccount };
    return { disableSessionTags, externalId: targetRoleArn === undefined ? undefined : podIdentityExternalId(pod) };
  }

  // The words of these refusals are ours, except those about the role.
  #checkSettings({ roleArn, tags, targetRoleArn, disableSessionTags, policy }: Settings): void {
    checkTags(tags);
    this.#checkRole(roleArn);
    if (targetRoleArn !== undefined) {
      parameter("targetRoleArn", () => checkRoleArn(targetRoleArn));
    }
    if (policy !== undefined) {
      parameter("policy", () => checkPermissionPolicy(policy));
      if (!disableSessionTags) {
        throw invalidParameter("disableSessionTags must be true when policy is specified.");
      }
    }
  }

  #checkRole(roleArn: string): void {
    const role = findRole(this.#options.roles, roleArn);
    if (role === undefined) {
      throw invalidParameter("Role provided in the request does not exist.");
    }
    if (!namesService(role)) {
      throw invalidParameter("Trust policy of the role provided is invalid.");
    }
  }

  #time(): string {
    return this.#options.now().toISOString();
  }
}

function invalidParameter(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", 400, message);
}

function parameter(name: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw invalidParameter(`${name}: ${(error as Error).message}`);
  }
}

// Whether the service is named at all. How much more EKS looks at here is not published; conditions count when a pod asks.
function namesService(role: Role): boolean {
  const names = ({ effect, principal }: Statement) =>
    effect === "Allow" && (principal === "*" || (principal.Service ?? []).includes(POD_IDENTITY_AUDIENCE));
  const verdict = trustVerdict(role, role.arn, (document) => ({
    decision: readTrustPolicy(document).some(names) ? "allow" : "deny",
    reasons: [],
  }));
  return verdict.role !== undefined;
}

// Kubernetes refuses other bad names when a pod uses them.
function checkSubject({ namespace, serviceAccount }: PodIdentityAssociationInput): void {
  if (namespace === "") {
    throw invalidParameter("namespace is required.");
  }
  if (serviceAccount === "") {
    throw invalidParameter("serviceAccount is required.");
  }
}

function checkTags(tags: Record<string, string>): void {
  const entries = Object.entries(tags);
  if (entries.length > MAXIMUM_TAGS) {
    throw invalidParameter(`At most ${MAXIMUM_TAGS} tags are allowed.`);
  }
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128) {
      throw invalidParameter(`Tag key ${key} must have 1 to 128 characters.`);
    }
    if (value.length > 256) {
      throw invalidParameter(`The value of tag ${key} must have up to 256 characters.`);
    }
  }
}
