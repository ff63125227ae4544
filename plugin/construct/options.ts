import * as pulumi from "@pulumi/pulumi";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { internals } from "./sdk";

type Request = InstanceType<typeof ConstructRequest>;

/** The resource options in a request, as a program would give them. */
export function optionsOf(request: Request): pulumi.ComponentResourceOptions {
  const { DependencyResource, DependencyProviderResource, hookBindingFromProto } = internals;
  const resources = (urns: string[]) => urns.map((urn) => new DependencyResource(urn));
  const one = (urn: string) => (urn === "" ? undefined : new DependencyResource(urn));
  const providers = [...(request.getProvidersMap().getEntryList() as [string, string][])];
  return {
    // The stack is the parent of what a program gives none, as `prepare` says.
    parent: request.getParent().includes("::pulumi:pulumi:Stack::") ? undefined : one(request.getParent()),
    dependsOn: resources(request.getDependenciesList()),
    aliases: request.getAliasesList().map(aliasOf),
    protect: request.getProtect(),
    providers: Object.fromEntries(providers.map(([name, ref]) => [name, new DependencyProviderResource(ref)])),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    replaceWith: resources(request.getReplaceWithList()),
    retainOnDelete: request.getRetainondelete(),
    deletedWith: one(request.getDeletedwith()),
    customTimeouts: timeoutsOf(request),
    hooks: hookBindingFromProto(request.getResourceHooks()),
  };
}

function timeoutsOf(request: Request): pulumi.CustomTimeouts | undefined {
  const given = Object.entries(request.getCustomtimeouts()?.toObject() ?? {}).filter(([, text]) => text !== "");
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function aliasOf(alias: ReturnType<Request["getAliasesList"]>[number]): string | pulumi.Alias {
  const spec = alias.getSpec();
  if (spec === undefined) {
    return alias.getUrn();
  }
  const texts = { name: spec.getName(), type: spec.getType(), project: spec.getProject(), stack: spec.getStack() };
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
  if (spec.hasParenturn()) {
    return { ...given, parent: spec.getParenturn() };
  }
  return spec.getNoparent() ? { ...given, parent: pulumi.rootStackResource } : given;
}
