import { type Probe, probe, type Surroundings } from "../probe";
import { expect, saidBy, Unexpected } from "../session";

/** Seconds after `exp`. */
const LATE = [1, 10, 30, 50, 70, 110, 130, 290, 310];
const CLAIMS = ["iat", "nbf", "jti"];

/** Probes of the token endpoint. */
export const EXCHANGE_PROBES: readonly Probe[] = [
  probe({
    name: "deniedStatus",
    does: "exchanges a token that no definition allows",
    async observe(surroundings) {
      const answer = await refused(surroundings);
      return { value: answer.status, said: saidBy(answer) };
    },
  }),
  probe({
    name: "emptyErrorDescriptions",
    does: "reads error_description of the same refusal",
    async observe(surroundings) {
      const answer = await refused(surroundings);
      return { value: !answer.json?.error_description, said: saidBy(answer) };
    },
  }),
  probe({
    name: "leewaySeconds",
    does: "exchanges tokens that expired some time ago",
    async observe({ session, target, one }) {
      await session.trusted(one);
      const now = Math.floor(target.now() / 1000);
      for (const [index, late] of LATE.entries()) {
        const times = { iat: now - late - 300, nbf: now - late - 300, exp: now - late };
        const answer = await session.exchange(await session.token(one, times));
        if (answer.status !== 200) {
          return { value: between(index), said: saidBy(answer) };
        }
      }
      return { value: between(LATE.length) };
    },
    reads: (value) => between(LATE.filter((late) => late < value).length),
  }),
  probe({
    name: "refuseReplay",
    does: "exchanges one token twice",
    async observe({ session, one }) {
      await session.trusted(one);
      const token = await session.token(one);
      expect("the first exchange of a token", await session.exchange(token));
      const answer = await session.exchange(token);
      return { value: answer.status !== 200, said: saidBy(answer) };
    },
  }),
  probe({
    name: "requiredClaims",
    does: "exchanges tokens that lack iat, nbf or jti",
    async observe({ session, one }) {
      await session.trusted(one);
      expect("a token with every claim", await session.exchange(await session.token(one)));
      const missed: string[] = [];
      for (const claim of CLAIMS) {
        const answer = await session.exchange(await session.token(one, { [claim]: undefined }));
        missed.push(...(answer.status === 200 ? [] : [claim]));
      }
      return { value: missed };
    },
    reads: (value) => CLAIMS.filter((claim) => value.includes(claim)),
  }),
  probe({
    name: "tokenTypes",
    does: "exchanges for organization, team and personal tokens (runner tokens: see runnerPolicies)",
    async observe({ session, target, one }) {
      const id = await session.registered(one);
      const rules = { aud: session.audience, sub: "oidc-runner:contract" };
      const { team } = target;
      const tries = [
        { tokenType: "organization", authorizedPermissions: ["admin"], scope: "" },
        ...(team === undefined ? [] : [{ tokenType: "team", teamName: team, scope: `team:${team}` }]),
        { tokenType: "personal", userLogin: await session.login(), scope: undefined },
      ];
      const taken: string[] = [];
      const said: string[] = team === undefined ? ["team: not tried, none is known"] : [];
      for (const { scope, ...token } of tries) {
        const stored = await session.setPolicy(id, [{ decision: "allow", authorizedPermissions: [], ...token, rules }]);
        const answer =
          stored.status === 200 ? await session.exchange(await session.token(one), token.tokenType, scope) : stored;
        taken.push(...(answer.status === 200 ? [token.tokenType] : []));
        said.push(...(answer.status === 200 ? [] : [`${token.tokenType}: ${saidBy(answer)}`]));
      }
      return { value: taken, said: said.join("; ") };
    },
    reads: (value) => ["organization", "team", "personal"].filter((type) => value.includes(type as "team")),
  }),
  probe({
    name: "scopeEcho",
    does: "reads scope in the answer to an exchange for a personal token",
    async observe({ session, one }) {
      await session.trusted(one);
      const { json } = expect("an exchange", await session.exchange(await session.token(one)));
      const asked = `user:${await session.login()}`;
      return { value: json.scope === asked ? "request" : json.scope ? `another: ${json.scope}` : "empty" };
    },
  }),
];

async function refused({ session, one }: Surroundings) {
  await session.trusted(one);
  const answer = await session.exchange(await session.token(one, { sub: "oidc-runner:another" }));
  if (answer.status === 200) {
    throw new Unexpected("the exchange of a token that nothing allows", answer);
  }
  return answer;
}

function between(accepted: number): string {
  const [least, most] = [LATE[accepted - 1], LATE[accepted]];
  return most === undefined ? `${least} s or more` : `${least ?? 0} s or more, less than ${most} s`;
}
