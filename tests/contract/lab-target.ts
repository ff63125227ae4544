import type { Fixture } from "../lab/pulumi-cloud/fixture";
import { newMark, type OwnIssuer, ownIssuer, type Target } from "./target";

const PUBLIC_ISSUER = "https://agent.buildkite.com";

/** Starts the lab's Pulumi Cloud as a target. Its own issuers answer discovery too, so that they depend on no switch. */
export async function startLabTarget(fixture: Fixture): Promise<Target> {
  await fixture.start();
  fixture.cloud.addOrganization({ name: "foreign" });
  await fixture.issuer({ issuer: PUBLIC_ISSUER });
  const mark = newMark();
  const served = async (name: string): Promise<OwnIssuer> => {
    const { issuer, jwks, sign } = await fixture.issuer({ issuer: `https://${mark}-${name}.example.com` });
    return { url: issuer, jwks: jwks(), sign };
  };
  const issuers = {
    one: await served("one"),
    other: await served("other"),
    unreachable: await ownIssuer(`https://${mark}-unreachable.example.com`),
  };
  return {
    organization: "acme",
    mark,
    now: fixture.clock.now,
    request: (method, path, body, accessToken) => fixture.api(method, path, body, accessToken),
    issuers: async () => issuers,
    publicIssuers: [PUBLIC_ISSUER],
    foreignOrganization: "foreign",
    team: "platform",
    runnerPool: "r-1",
  };
}
