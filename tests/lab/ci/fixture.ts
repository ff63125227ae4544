import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ci, startCi } from "../../../lab/ci";
import { Fixture } from "../pulumi-cloud/fixture";

/** A Pulumi Cloud and the CI systems that it reaches. */
export class CiFixture extends Fixture {
  readonly directory = mkdtempSync(join(tmpdir(), "oidc-runner-ci-"));
  readonly caFile = join(this.directory, "ca.pem");
  ci!: Ci;

  async startAll(): Promise<void> {
    await this.start({ resolveIssuer: (url) => this.ci.resolveIssuer(url) });
    writeFileSync(this.caFile, this.authority.certificatePem);
    const { certificate, caFile, clock } = this;
    const directory = join(this.directory, "commands");
    const audience = "urn:pulumi:org:acme";
    this.ci = await startCi({ certificate, caFile, directory, audience, clock: clock.now });
    this.onStop(this.ci.stop);
    this.onStop(async () => rmSync(this.directory, { recursive: true }));
  }
}
