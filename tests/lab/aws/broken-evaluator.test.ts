import assert from "node:assert/strict";
import { AssumeRoleWithWebIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { startPodIdentityAgent } from "../../../lab/aws/pod-identity";
import { PodIdentityAssociations } from "../../../lab/aws/pod-identity/associations";
import { whileBroken } from "../../helpers/break-aws-evaluator";
import { podIdentityTrust } from "./roles";
import { AwsFixture, ISSUER, podClaims } from "./sts/fixture";
import { NEAR_MISSES } from "./sts/near-misses";

// The lab's verdicts are the evaluator's: broken on purpose, it lets in what the tests beside this one want refused, so
// they would fail.
describe("the lab's AWS with the evaluator broken on purpose", () => {
  const lab = new AwsFixture();
  let client: STSClient;
  before(async () => {
    await lab.start();
    client = lab.client();
  });
  after(() => lab.stop());

  for (const [index, { title, trust, refused, brokenBy }] of NEAR_MISSES.entries()) {
    it(`STS lets in ${title} with ${brokenBy}`, async () => {
      const { arn: RoleArn } = lab.role(`near-miss-${index}`, trust);
      const token = await (refused.from === "other" ? lab.other : lab.issuer).sign({ ...refused.claims });
      const command = { RoleArn, RoleSessionName: "session", WebIdentityToken: token };
      const isLetIn = () =>
        client.send(new AssumeRoleWithWebIdentityCommand(command)).then(
          () => true,
          (error: Error) => {
            assert.equal(error.name, "AccessDenied");
            return false;
          },
        );
      assert.equal(await isLetIn(), false);
      assert.equal(await whileBroken(brokenBy, isLetIn), true);
      assert.equal(await isLetIn(), false);
    });
  }

  it("EKS Pod Identity lets in a pod with other tags with ignore-conditions", async () => {
    const { roles } = lab.iam;
    const associations = new PodIdentityAssociations({ roles, regionOf: () => "us-west-2" });
    const condition = { StringEquals: { "aws:RequestTag/kubernetes-namespace": "elsewhere" } };
    const { arn: roleArn } = lab.role("tagged", podIdentityTrust(condition));
    const subject = { namespace: "runners", serviceAccount: "runner" };
    associations.create({ clusterName: "lab", ...subject, roleArn, tags: {} });
    const { keys, sessions, clock } = lab;
    const account = { associations, roles, sessions, keys, clock: clock.now };
    const agent = await startPodIdentityAgent({ clusterName: "lab", region: "us-west-2", issuer: ISSUER, ...account });
    const token = await lab.issuer.sign(podClaims("runners", "runner", "pods.eks.amazonaws.com"));
    const status = async () => {
      const answer = await fetch(agent.url, { headers: { Authorization: token } });
      await answer.body?.cancel();
      return answer.status;
    };
    try {
      assert.equal(await status(), 400);
      assert.equal(await whileBroken("ignore-conditions", status), 200);
      assert.equal(await status(), 400);
    } finally {
      await agent.stop();
    }
  });
});
