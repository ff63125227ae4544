import { checkLabels } from "../../../../provider/workload/pod/check-labels";
import { refused } from "../../../helpers/refused";

describe("provider/workload/pod/check-labels", () => {
  it("accepts what Kubernetes accepts", () => {
    checkLabels();
    checkLabels({ team: "web", "example.com/cost-centre": "4711", a: "", "app.kubernetes.io/part-of": "x_y.z-1" });
    checkLabels({ ["a".repeat(63)]: "b".repeat(63), [`${"a".repeat(253)}/b`]: "c" });
  });

  for (const [key, value] of [
    ["app.kubernetes.io/name", "x"],
    ["app.kubernetes.io/instance", "x"],
    ["app.kubernetes.io/managed-by", "x"],
    ["", "x"],
    ["-a", "x"],
    ["a/b/c", "x"],
    ["Example.com/a", "x"],
    ["/a", "x"],
    ["a/", "x"],
    ["a".repeat(64), "x"],
    [`${"a".repeat(254)}/b`, "x"],
    ["a", "two words"],
    ["a", "-"],
    ["a", "b".repeat(64)],
  ] as const) {
    it(`refuses ${key.slice(0, 30)}=${value.slice(0, 30)}`, () => {
      refused(() => checkLabels({ [key]: value }), "LABEL_INVALID", `labels["${key}"]`);
    });
  }
});
