import { lintGcpTrust } from "../../../../../trust/parties/gcp/lint/lint";

export const POOL = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci";
export const GITHUB = "https://token.actions.githubusercontent.com";
export const EKS = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
export const SUB = "system:serviceaccount:pulumi:deployer";
export const REPO = "repo:acme@1/app@2:ref:refs/heads/main";
export const OWNER = "assertion.repository_owner_id == '1'";

export const subject = (value: string) => `principal:${POOL}/subject/${value}`;
export const attribute = (name: string, value: string) => `principalSet:${POOL}/attribute.${name}/${value}`;
export const everybody = `principalSet:${POOL}/*`;
export const MAPPING = { "google.subject": "assertion.sub" };

export const github = (attributeCondition: string | undefined, more: object = {}) => ({
  issuerUri: GITHUB,
  allowedAudiences: ["https://github.com/acme"],
  attributeMapping: MAPPING,
  attributeCondition,
  members: [subject(REPO)],
  ...more,
});
export const eks = (more: object = {}) => ({
  issuerUri: EKS,
  allowedAudiences: ["gcp"],
  attributeMapping: MAPPING,
  members: [subject(SUB)],
  ...more,
});
export const mapped = (name: string, expression: string) => ({
  attributeMapping: { ...MAPPING, [`attribute.${name}`]: expression },
});

/** `NAME severity path` of each finding. */
export const found = (document: unknown, issuer?: string) =>
  lintGcpTrust(document, issuer).map(({ name, severity, path }) => `${name} ${severity} ${path}`);
