import * as pulumi from "@pulumi/pulumi";
import { internals } from "./sdk";

/** Shows warnings about resources by the engine. One that can't be shown stops nothing. */
export function warner(engine: string): (urn: string, text: string) => Promise<void> {
  return (urn, text) =>
    internals.withLocalStorage(async () => {
      pulumi.runtime.resetOptions("", "", -1, engine, "", false, "");
      await pulumi.log.warn(text, new internals.DependencyResource(urn)).catch(() => undefined);
    });
}
