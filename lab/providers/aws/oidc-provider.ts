import type { Properties } from "../../../plugin/server";
import type { OidcProvider } from "../../aws";
import type { CloudResource } from "../cloud";
import type { LabClient } from "../lab-client";

/** `aws:iam/openIdConnectProvider:OpenIdConnectProvider`. */
export function oidcProviderResource(lab: LabClient): CloudResource {
  const path = (arn: string) => `/aws/oidc-providers/${encodeURIComponent(arn)}`;
  return {
    inputs: { clientIdLists: "strings", tags: "tags", thumbprintLists: "strings", url: "string" },
    required: ["clientIdLists", "url"],
    forceNew: ["url"],
    computed: ["arn", "tagsAll", "thumbprintLists"],
    nameInput: "url",
    async create(inputs) {
      const provider = await lab.call<OidcProvider>("POST", "/aws/oidc-providers", {
        ...settings(inputs),
        url: inputs.url,
      });
      return { id: provider.arn, outputs: oidcProviderOutputs(provider) };
    },
    async read(id) {
      const provider = await lab.find<OidcProvider>(path(id));
      if (provider === undefined) {
        return undefined;
      }
      const { arn: _arn, tagsAll: _all, ...inputs } = oidcProviderOutputs(provider);
      // IAM gives the URL back without its scheme; the program has it.
      return { inputs: { ...inputs, url: `https://${provider.url}` }, outputs: oidcProviderOutputs(provider) };
    },
    async update(id, inputs) {
      return oidcProviderOutputs(await lab.call<OidcProvider>("PUT", path(id), settings(inputs)));
    },
    async delete(id) {
      await lab.call("DELETE", path(id));
    },
  };
}

/** A provider as resource and function give it out. */
export function oidcProviderOutputs(provider: OidcProvider): Properties {
  const { arn, url, clientIds, thumbprints, tags } = provider;
  return { arn, url, clientIdLists: clientIds, thumbprintLists: thumbprints, tags, tagsAll: tags };
}

function settings(inputs: Properties) {
  return {
    clientIds: inputs.clientIdLists,
    thumbprints: inputs.thumbprintLists ?? [],
    tags: inputs.tags ?? {},
  };
}
