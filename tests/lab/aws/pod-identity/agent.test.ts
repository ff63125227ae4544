import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHttp } from "@aws-sdk/credential-providers";
import { type PodIdentityAgent, startPodIdentityAgent } from "../../../../lab/aws/pod-identity";
import { PodIdentityAssociations } from "../../../../lab/aws/pod-identity/associations";
import type { Role } from "../../../../lab/aws/roles";
import {
  assumeTargetPolicy,
  type TargetRoleTrust,
  targetRolePolicy,
} from "../../../../trust/parties/aws/target-role/document";
import { hmacToken, tamperedToken } from "../../../helpers/issuer/forgery";
import { podIdentityTrust } from "../roles";
import { AwsFixture, ISSUER, OTHER_ISSUER, podClaims } from "../sts/fixture";

const AUDIENCE = "pods.eks.amazonaws.com";

describe("lab/aws/pod-identity: the agent", () => {
  const lab = new AwsFixture();
  let agent: PodIdentityAgent;
  let second: PodIdentityAgent;
  let associations: PodIdentityAssociations;
  let role: Role;

  before(async () => {
    await lab.start();
    const { roles } = lab.iam;
    associations = new PodIdentityAssociations({ roles, regionOf: () => "us-west-2" });
    const start = (clusterName: string, issuer: string) => {
      const { keys, sessions, clock } = lab;
      const log = (line: string) => lab.log.push(line);
      const account = { associations, roles, sessions, clock: clock.now };
      return startPodIdentityAgent({ clusterName, issuer, region: "us-west-2", keys, log, ...account });
    };
    agent = await start("first", ISSUER);
    second = await start("second", OTHER_ISSUER);
    role = lab.role("pods", podIdentityTrust());
    associate("runner", role);
  });
  after(async () => {
    await Promise.all([agent?.stop(), second?.stop(), lab.stop()]);
  });
  afterEach(() => lab.clock.setOffset(0));

  const associate = (serviceAccount: string, { arn: roleArn }: Role, namespace = "runners") =>
    associations.create({ clusterName: "first", namespace, serviceAccount, roleArn, tags: {} });
  const good = (more: object = {}) => lab.issuer.sign({ ...podClaims("runners", "runner", AUDIENCE), ...more });
  const ask = async (token: string | undefined, url = agent.url) => {
    const headers = token === undefined ? undefined : { Authorization: token };
    const response = await fetch(url, { ...(headers && { headers }) });
    const text = await response.text();
    return { status: response.status, type: response.headers.get("content-type"), text };
  };
  const refused = async (token: string | undefined, status: number, message: RegExp, detail?: RegExp, url?: string) => {
    const answer = await ask(token, url);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, message);
    assert.match(answer.type ?? "", /^text\/plain/);
    assert.match(lab.log.at(-1) ?? "", /^pod-identity cluster=\w+ decision=deny /);
    if (detail !== undefined) {
      assert.match(lab.log.at(-1) ?? "", detail);
    }
  };
  const INVALID = /^\[[0-9a-f-]{36}\]: \(InvalidTokenException\): .*, fault: client\n$/;
  const NO_ASSOCIATION = /\(ResourceNotFoundException\)/;
  const DENIED = /\(AccessDeniedException\): Unauthorized Exception! EKS does not have permissions/;

  it("gives the official client the role's credentials for a token file, and STS knows them", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pod-identity-"));
    try {
      const awsContainerAuthorizationTokenFile = join(directory, "token");
      writeFileSync(awsContainerAuthorizationTokenFile, await good());
      const credentials = fromHttp({
        awsContainerCredentialsFullUri: agent.url,
        awsContainerAuthorizationTokenFile,
        logger: undefined,
      });
      const { Arn } = await lab.whoAmI(credentials);
      const name = "eks-first-runner-x1-[0-9a-f-]{36}";
      assert.match(Arn ?? "", new RegExp(`^arn:aws:sts::111122223333:assumed-role/pods/${name}$`));
      const left = ((await credentials()).expiration?.getTime() ?? 0) - Date.now();
      assert.ok(left > 5.9 * 3600_000 && left <= 6 * 3600_000, String(left));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("cuts a session name at 64 characters", async () => {
    const pod = { name: "p".repeat(200), uid: "u" };
    const claims = podClaims("runners", "runner", AUDIENCE);
    const { text } = await ask(await good({ "kubernetes.io": { ...claims["kubernetes.io"], pod } }));
    const session = lab.sessions.find((JSON.parse(text) as { AccessKeyId: string }).AccessKeyId);
    assert.match(session?.sessionName ?? "", /^eks-first-p{17}-[0-9a-f-]{36}$/);
  });

  it("refuses ServiceAccounts without an association: the neighbour, another namespace", async () => {
    const token = (namespace: string, name: string) => lab.issuer.sign(podClaims(namespace, name, AUDIENCE));
    await refused(await token("runners", "neighbour"), 404, NO_ASSOCIATION, /no association for runners\/neighbour/);
    await refused(await token("elsewhere", "runner"), 404, NO_ASSOCIATION);
    assert.equal((await ask(await token("runners", "runner"))).status, 200);
  });

  it("refuses another cluster's token, and its own at another cluster's agent", async () => {
    const other = await lab.other.sign(podClaims("runners", "runner", AUDIENCE));
    await refused(other, 400, INVALID, /the issuer is/);
    await refused(await good(), 400, INVALID, /the issuer is/, second.url);
    // There the token is good, and the ServiceAccount of that name has no association.
    await refused(other, 404, NO_ASSOCIATION, /cluster second has no association/, second.url);
  });

  it("refuses tokens for Pulumi and for STS", async () => {
    for (const audience of ["urn:pulumi:org:acme", "sts.amazonaws.com"]) {
      await refused(await good({ aud: [audience] }), 400, INVALID, /the audience is/);
    }
    assert.equal((await ask(await good({ aud: ["sts.amazonaws.com", AUDIENCE] }))).status, 200);
  });

  it("refuses forged tokens, and tokens that name no pod", async () => {
    const stolen = await lab.issuer.sign(podClaims("runners", "neighbour", AUDIENCE));
    const claims = podClaims("runners", "runner", AUDIENCE);
    await refused(tamperedToken(stolen, claims), 400, INVALID, /signature is wrong/);
    const now = Math.floor(Date.now() / 1000);
    const all = { ...claims, iss: ISSUER, exp: now + 600, iat: now };
    await refused(hmacToken(all, lab.issuer.key), 400, INVALID, /signature is wrong/);
    await refused(await lab.other.sign({ ...claims, iss: ISSUER }), 400, INVALID, /no key/);
    const unbound = { namespace: "runners", serviceaccount: { name: "runner" } };
    await refused(await good({ "kubernetes.io": unbound }), 400, INVALID, /does not say its podName/);
  });

  it("says what the agent says about no token, no JWT and a token out of its time", async () => {
    await refused(undefined, 400, /^Service account token cannot be empty\n$/);
    await refused(`Bearer ${await good()}`, 400, /^Service account token cannot be parsed: token is malformed/);
    const token = await good();
    lab.clock.setOffset(3590);
    assert.equal((await ask(token)).status, 200);
    lab.clock.setOffset(3601);
    await refused(token, 400, /^Service account token failed basic claim validations: token is expired\n$/);
    lab.clock.setOffset(-60);
    await refused(token, 400, /token is not valid yet/);
  });

  it("asks the role's trust policy, with the pod's tags", async () => {
    const condition = { StringEquals: { "aws:RequestTag/kubernetes-service-account": "tagged" } };
    const tagged = lab.role("tagged", podIdentityTrust(condition));
    const other = lab.role("wrongly-tagged", podIdentityTrust(condition));
    associate("tagged", tagged);
    associate("untagged", other);
    const token = (name: string) => lab.issuer.sign(podClaims("runners", name, AUDIENCE));
    assert.equal((await ask(await token("tagged"))).status, 200);
    await refused(await token("untagged"), 400, DENIED, /detail=.*kubernetes-service-account/);
  });

  describe("with a target role [0.6]", () => {
    const clusterArn = "arn:aws:eks:us-west-2:111122223333:cluster/first";
    const ask2 = async (name: string) => ask(await lab.issuer.sign(podClaims("runners", name, AUDIENCE)));
    /** A chain for one ServiceAccount, as the component makes it; `change` makes a near miss of it. */
    const chain = (name: string, disableSessionTags: boolean, change: Partial<TargetRoleTrust> = {}) => {
      const first = lab.role(`${name}-first`, podIdentityTrust());
      const trust = { clusterArn, namespace: "runners", serviceAccountName: name, roleArn: first.arn };
      const policy = targetRolePolicy({ ...trust, disableSessionTags, ...change });
      const target = lab.role(`${name}-target`, JSON.stringify(policy));
      lab.iam.roles.putPolicy(first.name, "assume-target-role", JSON.stringify(assumeTargetPolicy(target.arn)));
      associations.create({
        ...{ clusterName: "first", namespace: "runners", serviceAccount: name, roleArn: first.arn, tags: {} },
        ...{ targetRoleArn: target.arn, disableSessionTags },
      });
      return { first, target };
    };
    const deniedFor = async (name: string, detail: RegExp) =>
      refused(await lab.issuer.sign(podClaims("runners", name, AUDIENCE)), 400, DENIED, detail);

    for (const [how, disableSessionTags] of [
      ["session tags", false],
      ["the external id", true],
    ] as const) {
      it(`gives credentials of it by ${how}, for an hour at most`, async () => {
        const { target } = chain(`by-${disableSessionTags}`, disableSessionTags);
        const { status, text } = await ask2(`by-${disableSessionTags}`);
        assert.equal(status, 200, text);
        const { AccessKeyId, Expiration } = JSON.parse(text) as Record<string, string>;
        assert.equal(lab.sessions.find(AccessKeyId ?? "")?.role.arn, target.arn);
        assert.ok(Date.parse(Expiration ?? "") - Date.now() <= 3600_000, Expiration);
      });
    }

    it("refuses an external id of another ServiceAccount, and of another cluster", async () => {
      chain("id-name", true, { serviceAccountName: "id-name-2" });
      await deniedFor("id-name", /sts:ExternalId expected \S+id-name-2, got \S+\/id-name/);
      chain("id-cluster", true, { clusterArn: `${clusterArn}-2` });
      await deniedFor("id-cluster", /sts:ExternalId/);
    });

    it("refuses a trust by tags where they are disabled, and one by the external id where they are not", async () => {
      chain("no-tags", true, { disableSessionTags: false });
      await deniedFor("no-tags", /aws:RequestTag\/\S+ expected \S+, got no such key/);
      chain("no-id", false, { disableSessionTags: true });
      await deniedFor("no-id", /sts:ExternalId expected \S+, got no such key/);
    });

    it("refuses a first role whose trust needs the tags that are disabled", async () => {
      const condition = { StringEquals: { "aws:RequestTag/kubernetes-service-account": "untagged-first" } };
      const { arn: roleArn } = lab.role("untagged-first", podIdentityTrust(condition));
      const subject = { clusterName: "first", namespace: "runners", serviceAccount: "untagged-first" };
      const { associationId } = associations.create({ ...subject, roleArn, tags: {} });
      assert.equal((await ask2("untagged-first")).status, 200);
      associations.update("first", associationId, { roleArn, tags: {}, disableSessionTags: true });
      await deniedFor("untagged-first", /kubernetes-service-account expected untagged-first, got no such key/);
    });

    it("refuses a first role that may not ask for the target, or is another than the target's trust names", async () => {
      const { first } = chain("may-not", false);
      const policy = (change: object) =>
        lab.iam.roles.putPolicy(
          first.name,
          "assume-target-role",
          JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "sts:*", Resource: "*", ...change }],
          }),
        );
      for (const change of [
        { Action: "sts:AssumeRole" },
        { Resource: `${first.arn}*` },
        { Effect: "Deny" },
        { NotResource: "*", Resource: undefined },
        { Condition: { Bool: { "aws:SecureTransport": "true" } } },
      ]) {
        policy(change);
        await deniedFor("may-not", /no policy of \S+may-not-first allows sts:/);
      }
      policy({});
      assert.equal((await ask2("may-not")).status, 200);
      lab.iam.roles.deletePolicy(first.name, "assume-target-role");
      await deniedFor("may-not", /no policy/);
      lab.iam.roles.attach(first.name, "arn:aws:iam::aws:policy/AdministratorAccess");
      assert.equal((await ask2("may-not")).status, 200);
      chain("other-role", false, { roleArn: first.arn });
      await deniedFor("other-role", /aws:PrincipalArn expected \S+may-not-first/);
    });

    it("refuses a target role that is not there, such as one of an account that the lab does not have", async () => {
      const { first } = chain("elsewhere", false);
      const [association] = associations.list("first", {
        namespace: "runners",
        serviceAccount: "elsewhere",
      });
      const { associationId = "" } = association ?? {};
      const targetRoleArn = "arn:aws:iam::222233334444:role/target";
      lab.iam.roles.putPolicy(first.name, "assume-target-role", JSON.stringify(assumeTargetPolicy(targetRoleArn)));
      associations.update("first", associationId, { roleArn: first.arn, tags: {}, targetRoleArn });
      await deniedFor("elsewhere", /there is no role arn:aws:iam::222233334444/);
    });
  });

  it("refuses when the role has gone", async () => {
    const gone = lab.role("gone", podIdentityTrust());
    associate("leaver", gone);
    const token = await lab.issuer.sign(podClaims("runners", "leaver", AUDIENCE));
    assert.equal((await ask(token)).status, 200);
    lab.iam.roles.delete("gone");
    await refused(token, 400, DENIED, /there is no role/);
  });

  it("shows faults, and writes down neither tokens nor secrets", async () => {
    agent.faults.add({ path: "/v1/credentials", kind: "status", status: 503 });
    assert.equal((await ask(await good())).status, 503);
    const token = await good();
    const { text } = await ask(token);
    const { SecretAccessKey, Token } = JSON.parse(text) as Record<string, string>;
    const written = lab.log.join("\n") + JSON.stringify(agent.journal.list());
    for (const secret of [token, token.split(".")[2], SecretAccessKey, Token]) {
      assert.ok(secret && !written.includes(secret));
    }
    assert.match(lab.log.at(-1) ?? "", /^pod-identity cluster=first decision=allow .*token=sha256:[0-9a-f]{16}$/);
  });
});
