import * as pulumi from "@pulumi/pulumi";

/** Shows a warning about a resource. */
export function warn(text: string, resource: pulumi.Resource): void {
  // The engine shows it; no output waits for the log call.
  void pulumi.log.warn(text, resource);
}
