import assert from "node:assert/strict";
import { type Aws, startAws } from "../../../lab/aws";
import { awsControlRoutes } from "../../../lab/aws/control";
import type { PodEnvironment } from "../../../lab/cluster/node-agent/node-context";
import { AwsFixture, ISSUER, OTHER_ISSUER } from "./sts/fixture";

const GKE = "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c";

describe("lab/aws: what the lab wires", () => {
  const fixture = new AwsFixture();
  let aws: Aws;
  before(async () => {
    await fixture.start();
    aws = await startAws({
      certificate: fixture.certificate,
      ca: fixture.authority.certificatePem,
      resolveIssuer: () => undefined,
      clusters: [
        { name: "gke", issuer: GKE },
        { name: "first", issuer: ISSUER },
        { name: "second", issuer: OTHER_ISSUER.replace("us-west-2", "eu-west-1") },
        { name: "plain" },
      ],
    });
  });
  after(async () => {
    await Promise.all([aws?.stop(), fixture.stop()]);
  });

  it("trusts the issuers of EKS-shaped clusters, and theirs only", () => {
    assert.deepEqual(
      aws.iam.oidcProviders.list().map(({ url, clientIds }) => [url, clientIds]),
      [ISSUER, OTHER_ISSUER.replace("us-west-2", "eu-west-1")].map((url) => [
        url.replace("https://", ""),
        ["sts.amazonaws.com"],
      ]),
    );
  });

  it("describes STS and the region of the first EKS-shaped cluster", async () => {
    assert.deepEqual(aws.describe(), { stsUrl: aws.sts.url, region: "us-west-2" });
    const { certificate, authority } = fixture;
    const none = { certificate, ca: authority.certificatePem, resolveIssuer: () => undefined, clusters: [] };
    const without = await startAws(none);
    assert.equal(without.describe().region, "us-east-1");
    await without.stop();
  });

  it("tells pods of EKS-shaped clusters where STS, their region and their own agent are", async () => {
    const environment = async (name: string) => {
      const { podEnvironment } = aws.nodeHooks({ name });
      return podEnvironment === undefined ? undefined : (podEnvironment as PodEnvironment)({} as never);
    };
    const expected = { AWS_ENDPOINT_URL_STS: aws.sts.url, AWS_EC2_METADATA_DISABLED: "true" };
    assert.deepEqual(await environment("first"), { ...expected, AWS_REGION: "us-west-2" });
    assert.deepEqual(await environment("second"), { ...expected, AWS_REGION: "eu-west-1" });
    for (const name of ["first", "second"]) {
      const url = aws.agents.get(name)?.url;
      assert.match(url ?? "", /^http:\/\/127\.0\.0\.1:\d+\/v1\/credentials$/);
      assert.deepEqual(aws.nodeHooks({ name }).substitutes, {
        "http://169.254.170.23/v1/credentials": url,
        "http://[fd00:ec2::23]/v1/credentials": url,
      });
    }
    assert.notEqual(aws.agents.get("first")?.url, aws.agents.get("second")?.url);
    assert.deepEqual(
      ["gke", "plain", "nowhere"].map((name) => aws.nodeHooks({ name })),
      [{}, {}, {}],
    );
  });

  it("associates roles with ServiceAccounts of these clusters only", () => {
    const input = { namespace: "n", serviceAccount: "s", roleArn: "arn:aws:iam::111122223333:role/x", tags: {} };
    assert.throws(() => aws.associations.create({ clusterName: "gke", ...input }), {
      code: "ResourceNotFoundException",
    });
    assert.throws(() => aws.associations.create({ clusterName: "first", ...input }), { code: /Parameter/ });
  });

  describe("control", () => {
    const call = async (method: string, path: string, body?: object) => {
      const init = { method, ...(body && { body: JSON.stringify(body) }) };
      const answer = await awsControlRoutes(aws).request(path, init);
      return { status: answer.status, json: answer.status === 200 ? ((await answer.json()) as object) : undefined };
    };

    it("sets switches, and refuses unknown ones and wrong values", async () => {
      assert.deepEqual((await call("GET", "/sts/switches")).json, { skewSeconds: 300, expiredSeconds: 0 });
      const { json } = await call("POST", "/sts/switches", { expiredSeconds: 60 });
      assert.deepEqual(json, { skewSeconds: 300, expiredSeconds: 60 });
      assert.equal(aws.sts.switches.expiredSeconds, 60);
      for (const wrong of [{ unknown: 1 }, { skewSeconds: -1 }, { skewSeconds: "1" }]) {
        assert.equal((await call("POST", "/sts/switches", wrong)).status, 400);
      }
    });

    it("sets faults and shows requests, each server's own", async () => {
      await call("POST", "/pod-identity/first/faults", { path: "/v1/credentials", kind: "status", status: 503 });
      const status = async (name: string) => {
        const answer = await fetch(aws.agents.get(name)?.url ?? "");
        await answer.body?.cancel();
        return answer.status;
      };
      assert.deepEqual([await status("second"), await status("first"), await status("first")], [400, 503, 400]);
      const requests = async (path: string) =>
        ((await call("GET", path)).json as { requests: { status: number }[] }).requests.map((entry) => entry.status);
      assert.deepEqual(await requests("/pod-identity/first/requests"), [503, 400]);
      assert.deepEqual(await requests("/pod-identity/second/requests"), [400]);
      assert.deepEqual(await requests("/sts/requests"), []);
      await call("DELETE", "/pod-identity/first/requests");
      assert.deepEqual(await requests("/pod-identity/first/requests"), []);
      assert.equal((await call("GET", "/pod-identity/gke/requests")).status, 404);
    });
  });
});
