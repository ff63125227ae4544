import assert from "node:assert/strict";
import type { EksAws } from "../../../../provider/components/eks/eks-oidc-runner";
import { ROLE_ARN } from "../cloud";
import { expectedOf, only } from "../pick";
import { eksRunner, podPartsOf, runEks } from "./eks";

async function exchange(aws: EksAws | undefined, exchangeAwsToken?: boolean) {
  const run = await runEks(() => ({ audience: eksRunner({ aws, exchangeAwsToken }).audience }));
  assert.deepEqual(run.errors, []);
  const { env, volumes } = podPartsOf(run);
  const [definition] = only(run, "OidcPolicy").inputs.policies as { rules: Record<string, string> }[];
  return {
    rules: definition?.rules,
    audience: run.outputs?.audience,
    file: env.OIDC_RUNNER_TOKEN_FILE,
    audiences: volumes.flatMap(({ projected }) =>
      (projected?.sources ?? []).map(({ serviceAccountToken }) => serviceAccountToken.audience),
    ),
    expected: expectedOf(run)
      .split("\n")
      .filter((line) => line.startsWith("aud=")),
  };
}

const sub = "system:serviceaccount:pulumi:deployer";
const PULUMI = "urn:pulumi:org:acme";
const STS = "sts.amazonaws.com";

describe("the token that EksOidcRunner exchanges at Pulumi Cloud", () => {
  it("is one for Pulumi Cloud alone, beside that for AWS", async () => {
    for (const asked of [undefined, false]) {
      assert.deepEqual(await exchange({ roleArn: ROLE_ARN }, asked), {
        rules: { aud: PULUMI, sub },
        audience: PULUMI,
        file: "/var/run/secrets/pulumi/token",
        audiences: [PULUMI, STS],
        expected: [`aud=${PULUMI}`],
      });
    }
  });

  it("is the one for AWS when that is asked for, and then there is no other", async () => {
    for (const aws of [{ roleArn: ROLE_ARN }, { role: {} }]) {
      assert.deepEqual(await exchange(aws, true), {
        rules: { aud: STS, sub },
        audience: STS,
        file: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        audiences: [STS],
        expected: [`aud=${STS}`],
      });
    }
  });
});
