import type { ResourceProvider } from "../../../plugin/server";
import { cloudProvider } from "../cloud";
import { type LabClient, labClient } from "../lab-client";
import { clusterResource } from "./cluster";
import { checkRegion } from "./forms";
import { awsFunctions } from "./functions";
import { oidcProviderResource } from "./oidc-provider";
import { podIdentityAssociationResource } from "./pod-identity-association";
import { roleResource } from "./role";
import { attachmentResource, rolePolicyResource } from "./role-policies";

const DEFAULT_REGION = "us-east-1";

/** The stand-in for the official AWS provider: resources live in the lab. It takes no AWS credentials and sends none. */
export function awsProvider(lab: LabClient = labClient(), env: NodeJS.ProcessEnv = process.env): ResourceProvider {
  let region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? DEFAULT_REGION;
  return cloudProvider({
    name: "aws",
    configure(config) {
      if (typeof config.region === "string" && config.region !== "") {
        region = config.region;
      }
      checkRegion(region);
    },
    resources: {
      "aws:iam/role:Role": roleResource(lab),
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider": oidcProviderResource(lab),
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attachmentResource(lab),
      "aws:iam/rolePolicy:RolePolicy": rolePolicyResource(lab),
      "aws:eks/cluster:Cluster": clusterResource(lab),
      "aws:eks/podIdentityAssociation:PodIdentityAssociation": podIdentityAssociationResource(lab),
    },
    functions: awsFunctions(lab, () => region),
  });
}
