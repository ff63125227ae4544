import type { Properties } from "../../../plugin/server";
import type { PodIdentityAssociation } from "../../aws/pod-identity";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";
import { arnMistake } from "./forms";

/** `aws:eks/podIdentityAssociation:PodIdentityAssociation`. Imported by `CLUSTER,ASSOCIATION_ID`. */
export function podIdentityAssociationResource(lab: LabClient): CloudResource {
  const root = "/aws/pod-identity-associations";
  const path = (cluster: unknown, id: string) =>
    `${root}/${encodeURIComponent(String(cluster))}/${encodeURIComponent(id)}`;
  return {
    inputs: {
      clusterName: "string",
      disableSessionTags: "boolean",
      namespace: "string",
      policy: "string",
      region: "string",
      roleArn: "string",
      serviceAccount: "string",
      tags: "tags",
      targetRoleArn: "string",
    },
    unsupported: ["region"],
    forms: { roleArn: arnMistake("role_arn"), targetRoleArn: arnMistake("target_role_arn") },
    required: ["clusterName", "namespace", "roleArn", "serviceAccount"],
    forceNew: ["clusterName", "namespace", "serviceAccount"],
    computed: ["associationArn", "associationId", "externalId", "tagsAll"],
    json: ["policy"],
    check: (inputs) => ({ ...inputs, disableSessionTags: inputs.disableSessionTags ?? false }),
    async create({ clusterName, namespace, serviceAccount, ...rest }) {
      const input = { clusterName, namespace, serviceAccount, ...settings(rest) };
      const association = await lab.call<PodIdentityAssociation>("POST", root, input);
      return { id: association.associationId, outputs: outputs(association) };
    },
    async read(id, { clusterName }) {
      const at = id.indexOf(",");
      const found = await lab.find<PodIdentityAssociation>(
        at < 0 ? path(clusterName, id) : path(id.slice(0, at), id.slice(at + 1)),
      );
      if (found === undefined) {
        return undefined;
      }
      const {
        associationArn: _arn,
        associationId: _id,
        externalId: _external,
        tagsAll: _all,
        ...inputs
      } = outputs(found);
      return { inputs, outputs: outputs(found) };
    },
    async update(id, { clusterName, ...inputs }) {
      return outputs(await lab.call<PodIdentityAssociation>("PUT", path(clusterName, id), settings(inputs)));
    },
    async delete(id, { clusterName }) {
      await lab.call("DELETE", path(clusterName, id));
    },
  };
}

function settings({ roleArn, tags = {}, targetRoleArn, disableSessionTags, policy }: Properties) {
  return { roleArn, tags, targetRoleArn, disableSessionTags, policy };
}

function outputs(association: PodIdentityAssociation): Properties {
  const { createdAt: _created, modifiedAt: _modified, ...properties } = association;
  return { ...properties, tagsAll: association.tags };
}
