import assert from "node:assert/strict";
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type AssumeRoleWithWebIdentityCommandOutput,
  type STSClient,
} from "@aws-sdk/client-sts";
import type { Role } from "../../../../lab/aws/roles";
import { webIdentityTrust } from "../roles";
import { AwsFixture, ISSUER, podClaims } from "./fixture";

/** The subject that the fixture's role admits. */
export const SUBJECT = "system:serviceaccount:runners:runner";
/** What STS says when no trust policy admits a token. */
export const NOT_AUTHORIZED = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

type Input = Partial<AssumeRoleWithWebIdentityCommandInput>;

/** An account with a role for one ServiceAccount, and AWS' client to assume it with. */
export class WebIdentityLab extends AwsFixture {
  runner!: Role;
  #client!: STSClient;

  override async start(): Promise<void> {
    await super.start();
    this.#client = this.client();
    const trust = webIdentityTrust(ISSUER, SUBJECT);
    this.runner = this.role("runner", trust, { path: "/team/", maxSessionDuration: 7200 });
  }

  /** Puts clock and faults right. */
  reset(): void {
    this.clock.setOffset(0);
    this.sts.faults.clear();
  }

  /** A token the role admits, or one that differs in some claims. */
  good(more: object = {}): Promise<string> {
    return this.issuer.sign({ ...podClaims("runners", "runner"), ...more });
  }

  /** Assumes the role with a good token, or as `input` says. */
  async assume(input: Input = {}): Promise<AssumeRoleWithWebIdentityCommandOutput> {
    const WebIdentityToken = input.WebIdentityToken ?? (await this.good());
    const all = { RoleArn: this.runner.arn, RoleSessionName: "session", WebIdentityToken, ...input };
    return this.#client.send(new AssumeRoleWithWebIdentityCommand(all));
  }

  /** Wants the same refused, with the error as the SDK has it. */
  async refused(input: Input, name: string, message: string | RegExp, status = 400): Promise<void> {
    type SdkError = Error & { $metadata?: { httpStatusCode?: number; requestId?: string } };
    await assert.rejects(this.assume(input), (error: SdkError) => {
      assert.equal(error.name, name, error.message);
      message instanceof RegExp ? assert.match(error.message, message) : assert.equal(error.message, message);
      assert.equal(error.$metadata?.httpStatusCode, status);
      assert.match(error.$metadata?.requestId ?? "", /^[0-9a-f-]{36}$/);
      return true;
    });
  }
}
