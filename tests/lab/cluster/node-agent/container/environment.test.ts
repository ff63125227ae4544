import assert from "node:assert/strict";
import { containerEnvironment } from "../../../../../lab/cluster/node-agent/container/environment";
import type { ObjectSource } from "../../../../../lab/cluster/node-agent/object-source";
import type { Container, Pod } from "../../../../../lab/cluster/node-agent/pod";

const LINK_LOCAL = "http://169.254.170.23/v1/credentials";
const STAND_IN = "http://127.0.0.1:4000/v1/credentials";

const pod: Pod = {
  metadata: { name: "p", namespace: "n", uid: "u" },
  spec: { restartPolicy: "Never", containers: [] },
  status: {},
};
const objects: ObjectSource = {
  configMap: async () => new Map([["FROM_MAP", Buffer.from("map")]]),
  secret: async () => undefined,
  token: async () => assert.fail("no token was asked for"),
};

describe("a container's environment", () => {
  const environment = (
    container: Partial<Container>,
    node: Record<string, string>,
    substitutes?: Record<string, string>,
    env?: Record<string, string>,
  ) =>
    containerEnvironment(
      pod,
      { name: "c", ...container },
      { match: "*", binds: [], ...(env && { env }) },
      { objects, server: "https://127.0.0.1:6443", node, ...(substitutes && { substitutes }) },
    );

  it("has what the node adds, unless image, envFrom or env say otherwise", async () => {
    const node = { NODE: "node", FROM_IMAGE: "node", FROM_MAP: "node", FROM_ENV: "node", HOSTNAME: "node" };
    const container = {
      env: [
        { name: "FROM_ENV", value: "env" },
        { name: "USES", value: "$(NODE)" },
      ],
      envFrom: [{ configMapRef: { name: "map" } }],
    };
    const got = await environment(container, node, undefined, { FROM_IMAGE: "image" });
    assert.equal(got.NODE, "node");
    assert.equal(got.USES, "node");
    assert.deepEqual([got.FROM_IMAGE, got.FROM_MAP, got.FROM_ENV, got.HOSTNAME], ["image", "map", "env", "p"]);
    assert.equal((await environment(container, {})).NODE, undefined);
  });

  it("gets a stand-in's address for exactly the cloud's", async () => {
    const values = {
      EXACT: LINK_LOCAL,
      LONGER: `${LINK_LOCAL}/`,
      OTHER: "toString",
      OTHER_HOST: "http://169.254.170.2/",
    };
    const env = Object.entries(values).map(([name, value]) => ({ name, value }));
    const { EXACT, LONGER, OTHER, OTHER_HOST } = await environment({ env }, {}, { [LINK_LOCAL]: STAND_IN });
    assert.equal(EXACT, STAND_IN);
    assert.deepEqual([LONGER, OTHER, OTHER_HOST], [values.LONGER, values.OTHER, values.OTHER_HOST]);
    assert.equal((await environment({ env }, {})).EXACT, LINK_LOCAL);
  });
});
