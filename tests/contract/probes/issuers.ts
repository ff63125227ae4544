import { randomUUID } from "node:crypto";
import { type Probe, probe } from "../probe";
import { expect, saidBy, Unexpected } from "../session";

const SHORTEST = [1, 10, 30, 60, 300, 600, 3600];
const LONGEST = [Number.MAX_SAFE_INTEGER, 2_147_483_647, 31_536_000, 604_800, 90_000, 86_400, 7200];

/** Probes of registration, change and removal of issuers. */
export const ISSUER_PROBES: readonly Probe[] = [
  probe({
    name: "trailingSlash",
    does: "registers a public issuer with a final slash that its discovery document lacks",
    async observe({ session, target }) {
      const { json } = expect("the list of issuers", await session.get(session.path("oidc/issuers")));
      const taken = (json.oidcIssuers ?? []).map(({ url }: { url: string }) => url.replace(/\/$/, ""));
      const url = target.publicIssuers.find((candidate) => !taken.includes(candidate));
      if (url === undefined) {
        return { notObservable: `the organization has ${target.publicIssuers.join(" and ")} registered already` };
      }
      const answer = await session.register({ url: `${url}/` });
      const value = answer.status !== 200 ? "exact" : answer.json.issuer === url ? "discovered" : "as registered";
      return { value, said: `${saidBy(answer)} for ${url}/` };
    },
  }),
  probe({
    name: "discoverDespiteJwks",
    does: "registers static keys for a URL that no server answers for",
    async observe({ session, unreachable }) {
      const answer = await session.register(unreachable);
      return { value: answer.status !== 200, said: saidBy(answer) };
    },
  }),
  probe({
    name: "maxExpirationBounds",
    does: "sets maxExpiration to short and to long lives",
    async observe({ session, one }) {
      const id = await session.registered(one);
      const first = async (lives: readonly number[]) => {
        for (const maxExpiration of lives) {
          const answer = await session.patchIssuer(id, { maxExpiration });
          if (answer.status === 200 && answer.json.maxExpiration === maxExpiration) {
            return maxExpiration;
          }
        }
        return undefined;
      };
      return { value: { minimum: await first(SHORTEST), maximum: await first(LONGEST) } };
    },
    reads: ({ minimum, maximum }) => ({
      minimum: SHORTEST.find((life) => life >= minimum),
      maximum: LONGEST.find((life) => life <= maximum),
    }),
  }),
  probe({
    name: "unlimitedExpiration",
    does: "registers with maxExpiration 0 and reads it back",
    async observe({ session, one }) {
      const answer = await session.register(one, { maxExpiration: 0 });
      if (answer.status !== 200) {
        return { value: "refused", said: saidBy(answer) };
      }
      const { json } = expect("the issuer", await session.get(session.path(`oidc/issuers/${answer.json.id}`)));
      const { maxExpiration } = json;
      return { value: maxExpiration === 0 ? "zero" : (maxExpiration ?? "absent") };
    },
  }),
  probe({
    name: "uniqueNames",
    does: "registers two URLs under one name",
    async observe({ session, target, one, other }) {
      const name = `${target.mark}-twice`;
      await session.registered(one, { name });
      const answer = await session.register(other, { name });
      return { value: answer.status !== 200, said: saidBy(answer) };
    },
  }),
  probe({
    name: "duplicateUrlStatus",
    does: "registers one URL twice",
    async observe({ session, one }) {
      await session.registered(one);
      const answer = await session.register(one);
      return { value: answer.status, said: saidBy(answer) };
    },
  }),
  probe({
    name: "urlInPatch",
    does: "changes the url of an issuer",
    async observe({ session, one, other }) {
      const id = await session.registered(one);
      const answer = await session.patchIssuer(id, { url: other.url });
      const value = answer.status !== 200 ? "refuse" : answer.json.url === one.url ? "ignore" : "change";
      return { value, said: saidBy(answer) };
    },
  }),
  probe({
    name: "policyOfUnknownIssuer",
    does: "reads the policy of an issuer id that does not exist",
    async observe({ session }) {
      const answer = await session.get(session.path(`auth/policies/oidcissuers/${randomUUID()}`));
      return { value: answer.status, said: saidBy(answer) };
    },
  }),
  probe({
    name: "tokensOutliveIssuer",
    does: "uses an access token after its issuer was deleted",
    async observe({ session, target, one }) {
      const id = await session.trusted(one);
      const { json } = expect("an exchange", await session.exchange(await session.token(one)));
      const deleted = await session.remove(id);
      if (deleted.status !== 204) {
        throw new Unexpected("the deletion of the issuer", deleted);
      }
      const answer = await target.request("GET", "/api/user", undefined, json.access_token);
      return { value: answer.status === 200, said: saidBy(answer) };
    },
  }),
  probe({
    name: "forbiddenStatus",
    does: "lists the issuers of an organization that the caller does not belong to",
    async observe({ session, target }) {
      const answer = await session.get(`/api/orgs/${target.foreignOrganization}/oidc/issuers`);
      if (answer.status === 200) {
        return { notObservable: `the caller may list the issuers of ${target.foreignOrganization}` };
      }
      return { value: answer.status, said: saidBy(answer) };
    },
  }),
];
