import assert from "node:assert/strict";
import { hmacToken, tamperedToken, unsignedToken } from "../../../helpers/issuer/forgery";
import { webIdentityTrust } from "../roles";
import { ISSUER, podClaims } from "./fixture";
import { NEAR_MISSES } from "./near-misses";
import { NOT_AUTHORIZED, SUBJECT, WebIdentityLab } from "./web-identity-lab";

const NO_KEY = /^Couldn't retrieve verification key from your identity provider/;

describe("lab/aws/sts: AssumeRoleWithWebIdentity refuses", () => {
  const lab = new WebIdentityLab();
  before(() => lab.start());
  after(() => lab.stop());
  afterEach(() => lab.reset());

  const good = lab.good.bind(lab);
  const assume = lab.assume.bind(lab);
  const refused = lab.refused.bind(lab);

  for (const [index, { title, trust, refused: miss, admitted }] of NEAR_MISSES.entries()) {
    it(title, async () => {
      const { arn: RoleArn } = lab.role(`near-miss-${index}`, trust);
      const WebIdentityToken = await (miss.from === "other" ? lab.other : lab.issuer).sign({ ...miss.claims });
      await refused({ RoleArn, WebIdentityToken }, "AccessDenied", NOT_AUTHORIZED, 403);
      assert.match(lab.log.at(-1) ?? "", /decision=deny code=AccessDenied .*detail=.*sub="system:serviceaccount/);
      await assume({ RoleArn, WebIdentityToken: await lab.issuer.sign({ ...admitted }) });
    });
  }

  it("a role that may be assumed in other ways only", async () => {
    const trust = webIdentityTrust(ISSUER, SUBJECT);
    const only = lab.role("other-action", trust.replace("WithWebIdentity", ""));
    await refused({ RoleArn: only.arn }, "AccessDenied", NOT_AUTHORIZED, 403);
    const any = lab.role("any-action", trust.replace("WithWebIdentity", "*"));
    await assume({ RoleArn: any.arn });
  });

  it("a role whose policy the evaluator does not read", async () => {
    const trust = webIdentityTrust(ISSUER, SUBJECT);
    const strange = lab.role("strange", trust.replace('"Principal"', '"NotPrincipal"'));
    await refused({ RoleArn: strange.arn }, "AccessDenied", NOT_AUTHORIZED, 403);
    assert.match(lab.log.at(-1) ?? "", /detail=.*AWS_POLICY_INVALID.*NotPrincipal/);
  });

  it("another cluster the account knows, and a role that is not there, in the same words", async () => {
    const WebIdentityToken = await lab.other.sign(podClaims("runners", "runner"));
    await refused({ WebIdentityToken }, "AccessDenied", NOT_AUTHORIZED, 403);
    await refused({ RoleArn: lab.runner.arn.replace("/team", "") }, "AccessDenied", NOT_AUTHORIZED, 403);
    assert.match(lab.log.at(-1) ?? "", /there is no role/);
  });

  it("an issuer without a provider in the role's account", async () => {
    const unknown = `${ISSUER}/`;
    const WebIdentityToken = await good({ iss: unknown });
    const message = `No OpenIDConnect provider found in your account for ${unknown}`;
    await refused({ WebIdentityToken }, "InvalidIdentityTokenException", message);
    const strange = "https://a.example/?<x>&amp;";
    const quoted = { WebIdentityToken: await good({ iss: strange }) };
    await refused(
      quoted,
      "InvalidIdentityTokenException",
      `No OpenIDConnect provider found in your account for ${strange}`,
    );
    const RoleArn = lab.runner.arn.replace("111122223333", "444455556666");
    await refused(
      { RoleArn },
      "InvalidIdentityTokenException",
      `No OpenIDConnect provider found in your account for ${ISSUER}`,
    );
  });

  it("the token for Pulumi, and one for nobody", async () => {
    const pulumi = await lab.issuer.sign(podClaims("runners", "runner", "urn:pulumi:org:acme"));
    await refused({ WebIdentityToken: pulumi }, "InvalidIdentityTokenException", "Incorrect token audience");
    const nobody = await good({ aud: undefined });
    await refused({ WebIdentityToken: nobody }, "InvalidIdentityTokenException", "Missing a required claim: aud");
    for (const claim of ["sub", "iat", "exp"]) {
      const WebIdentityToken = await good({ [claim]: undefined });
      await refused({ WebIdentityToken }, "InvalidIdentityTokenException", `Missing a required claim: ${claim}`);
    }
  });

  it("forged tokens", async () => {
    const stolen = await lab.issuer.sign(podClaims("runners", "neighbour"));
    const claims = JSON.parse(Buffer.from((await good()).split(".")[1] as string, "base64url").toString()) as object;
    const forged = (WebIdentityToken: string, message: RegExp) =>
      refused({ WebIdentityToken }, "InvalidIdentityTokenException", message);
    await forged(tamperedToken(stolen, { sub: SUBJECT }), /signature of the token is invalid/);
    await forged(unsignedToken({ ...claims }), /signature of the token is invalid|not a valid JWT/);
    await forged(hmacToken({ ...claims }, lab.issuer.key), /signature of the token is invalid/);
    await forged(await lab.other.sign({ ...claims, iss: ISSUER }), NO_KEY);
    await forged("opaque-token", /^The ID Token provided is not a valid JWT/);
  });

  it("tokens out of their time, by the lab's clock", async () => {
    const token = await good();
    lab.clock.setOffset(3590);
    await assume({ WebIdentityToken: token });
    lab.clock.setOffset(3601);
    const expired = /^Token expired: current date\/time \d+ must be before the expiration date\/time \d+$/;
    await refused({ WebIdentityToken: token }, "ExpiredTokenException", expired);
    lab.clock.setOffset(-290);
    await assume({ WebIdentityToken: token });
    lab.clock.setOffset(-310);
    await refused({ WebIdentityToken: token }, "InvalidIdentityTokenException", /not valid yet.*nbf/);
    lab.sts.switches.skewSeconds = 320;
    await assume({ WebIdentityToken: token });
    lab.sts.switches.skewSeconds = 300;
  });

  it("keys that were rotated away, and an issuer that can't be reached", async () => {
    const token = await good();
    await lab.issuer.rotate({ forget: true });
    await refused({ WebIdentityToken: token }, "InvalidIdentityTokenException", NO_KEY);
    await assume();
    const fresh = await good();
    lab.issuer.behaviour.status = 500;
    await refused({ WebIdentityToken: fresh }, "InvalidIdentityTokenException", NO_KEY).finally(() => {
      delete lab.issuer.behaviour.status;
    });
    await assume({ WebIdentityToken: fresh });
  });
});
