import {
  checkExpirationSeconds,
  DEFAULT_EXPIRATION_SECONDS,
  MINIMUM_EXPIRATION_SECONDS,
} from "../../../provider/trust/expiration";
import { refused } from "../../helpers/refused";

describe("provider/trust/expiration", () => {
  it("accepts whole seconds from the minimum on", () => {
    for (const seconds of [MINIMUM_EXPIRATION_SECONDS, DEFAULT_EXPIRATION_SECONDS, 90_000]) {
      checkExpirationSeconds(seconds);
    }
  });

  for (const seconds of [MINIMUM_EXPIRATION_SECONDS - 1, 0, -7200, 5.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses ${seconds}`, () => {
      refused(() => checkExpirationSeconds(seconds), "EXPIRATION_INVALID", "expirationSeconds");
      refused(() => checkExpirationSeconds(seconds, "job"), "EXPIRATION_INVALID", "job");
    });
  }
});
