import assert from "node:assert/strict";
import { checkJobOptions, jobSpec } from "../../../../provider/workload/kinds/job";
import { refused } from "../../../helpers/refused";

describe("provider/workload/kinds/job", () => {
  const template = { spec: { containers: [] } };

  it("has a deadline and no retries unless told otherwise, and is not deleted by time", () => {
    assert.deepEqual(jobSpec(template), { activeDeadlineSeconds: 3600, backoffLimit: 0, template });
    const options = { activeDeadlineSeconds: 60, backoffLimit: 3, ttlSecondsAfterFinished: 0 };
    assert.deepEqual(jobSpec(template, options), { ...options, template });
    assert.deepEqual(
      jobSpec(template, { activeDeadlineSeconds: undefined, backoffLimit: undefined }),
      jobSpec(template),
    );
  });

  it("accepts whole numbers from the least on and refuses the rest", () => {
    checkJobOptions({});
    checkJobOptions({ activeDeadlineSeconds: 1, backoffLimit: 0, ttlSecondsAfterFinished: 0 });
    for (const activeDeadlineSeconds of [0, -1, 1.5, Number.NaN]) {
      refused(() => checkJobOptions({ activeDeadlineSeconds }), "JOB_INVALID", "job.activeDeadlineSeconds");
    }
    for (const ttlSecondsAfterFinished of [-1, 0.5]) {
      refused(() => checkJobOptions({ ttlSecondsAfterFinished }), "JOB_INVALID", "job.ttlSecondsAfterFinished");
    }
    for (const backoffLimit of [-1, 0.5, Number.POSITIVE_INFINITY]) {
      refused(() => checkJobOptions({ backoffLimit }), "JOB_INVALID", "job.backoffLimit");
    }
  });
});
