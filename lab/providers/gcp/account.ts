import type { Properties } from "../../../plugin/server";
import type { ServiceAccount } from "../../gcp";
import { type CloudResource, ServiceError } from "../cloud";
import type { LabClient } from "../lab-client";

/** `gcp:serviceaccount/account:Account`. */
export function accountResource(lab: LabClient, project: () => string): CloudResource {
  const path = (email: string) => `/gcp/service-accounts/${encodeURIComponent(email)}`;
  return {
    inputs: {
      accountId: "string",
      createIgnoreAlreadyExists: "boolean",
      deletionPolicy: "string",
      description: "string",
      disabled: "boolean",
      displayName: "string",
      project: "string",
    },
    unsupported: ["deletionPolicy"],
    // The real provider makes an id where there is none.
    required: ["accountId"],
    forceNew: ["accountId", "project"],
    computed: ["email", "member", "name", "uniqueId"],
    nameInput: "accountId",
    check: (inputs) => ({ ...inputs, disabled: inputs.disabled ?? false, project: inputs.project ?? project() }),
    async create(inputs) {
      const { accountId, project: owner } = inputs;
      try {
        const made = await lab.call<ServiceAccount>("POST", "/gcp/service-accounts", {
          ...settings(inputs),
          accountId,
          project: owner,
        });
        return { id: made.name, outputs: outputs(made) };
      } catch (error) {
        if (!(error instanceof ServiceError && error.httpStatus === 409 && inputs.createIgnoreAlreadyExists)) {
          throw error;
        }
        const email = `${String(accountId)}@${String(owner)}.iam.gserviceaccount.com`;
        const adopted = await lab.call<ServiceAccount>("GET", path(email));
        return { id: adopted.name, outputs: outputs(adopted) };
      }
    },
    async read(id) {
      const found = await lab.find<ServiceAccount>(path(emailOf(id)));
      if (found === undefined) {
        return undefined;
      }
      const { accountId, description, disabled, displayName } = found;
      const inputs = { accountId, description, disabled, displayName, project: found.project };
      return { inputs, outputs: outputs(found) };
    },
    async update(id, inputs) {
      return outputs(await lab.call<ServiceAccount>("PUT", path(emailOf(id)), settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", path(emailOf(id)));
    },
  };
}

function settings({ description = "", disabled = false, displayName = "" }: Properties) {
  return { description, disabled, displayName };
}

function outputs(account: ServiceAccount): Properties {
  return { ...account, member: `serviceAccount:${account.email}` };
}

function emailOf(id: string): string {
  return id.split("/").at(-1) ?? id;
}
