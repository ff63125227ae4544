import assert from "node:assert/strict";
import { checkEnvNames } from "../../../../provider/workload/pod/check-env";

describe("environment variables of a runner", () => {
  for (const [name, code] of [
    ["PULUMI_ACCESS_TOKEN", "ENV_STORED_TOKEN"],
    ["PULUMI_BACKEND_URL", "ENV_RESERVED"],
    ["PULUMI_CREDENTIALS_PATH", "ENV_RESERVED"],
    ["PULUMI_CREDENTIAL_STORE", "ENV_RESERVED"],
    ["OIDC_RUNNER_TOKEN_FILE", "ENV_RESERVED"],
    ["AWS_ROLE_ARN", "ENV_RESERVED"],
    ["AWS_WEB_IDENTITY_TOKEN_FILE", "ENV_RESERVED"],
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "ENV_RESERVED"],
    ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "ENV_RESERVED"],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(() => checkEnvNames(["STAGE", name]), { code, where: `env.${name}` });
    });
  }

  it("takes the user's own, and names that only resemble the runner's", () => {
    checkEnvNames([
      "STAGE",
      "HOME",
      "PULUMI_HOME",
      "PULUMI_ACCESS_TOKEN_FILE",
      "MY_OIDC_RUNNER_X",
      "AWS_REGION",
      "AWS_CONTAINER_X",
    ]);
  });
});
