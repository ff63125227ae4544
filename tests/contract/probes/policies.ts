import { randomUUID } from "node:crypto";
import { type Probe, probe } from "../probe";
import { expect, saidBy } from "../session";

const COUNTS = [5001, 5000, 1000, 100, 41, 40, 21, 20];

/** Probes of what an auth policy takes. Definitions that only serve to be taken or refused are denies. */
export const POLICY_PROBES: readonly Probe[] = [
  probe({
    name: "defaultPolicy",
    does: "reads the policy of a new issuer",
    async observe({ session, one }) {
      const { policies } = await session.policy(await session.registered(one));
      return { value: policies };
    },
  }),
  probe({
    name: "equalDefinitions",
    does: "stores a list that has one definition twice",
    async observe({ session, one }) {
      const id = await session.registered(one);
      const [twice, other] = [
        await session.personal({ sub: "a" }, "deny"),
        await session.personal({ sub: "b" }, "deny"),
      ];
      const answer = await session.setPolicy(id, [twice, other, twice]);
      if (answer.status !== 200) {
        return { value: "reject", said: saidBy(answer) };
      }
      const { length } = (await session.policy(id)).policies;
      return { value: length === 3 ? "keep" : length === 2 ? "collapse" : `${length} definitions` };
    },
  }),
  probe({
    name: "policyPrincipalsMustExist",
    does: "stores a definition for a user that does not exist",
    async observe({ session, one }) {
      const id = await session.registered(one);
      const own = await session.personal({ sub: "a" }, "deny");
      expect("a definition for the caller", await session.setPolicy(id, [own]));
      const answer = await session.setPolicy(id, [{ ...own, userLogin: `missing-${randomUUID()}` }]);
      return { value: answer.status !== 200, said: saidBy(answer) };
    },
  }),
  probe({
    name: "organizationNeedsPermissionOrRole",
    does: "stores an allow for organization tokens without a permission or a role",
    async observe({ session, one }) {
      const id = await session.registered(one);
      const bare = { decision: "allow", tokenType: "organization", rules: { aud: session.audience, sub: "missing" } };
      const answer = await session.setPolicy(id, [{ ...bare, authorizedPermissions: [] }]);
      if (answer.status !== 200) {
        const admin = { ...bare, authorizedPermissions: ["admin"] };
        expect("an allow for organization tokens with a permission", await session.setPolicy(id, [admin]));
      }
      return { value: answer.status !== 200, said: saidBy(answer) };
    },
  }),
  probe({
    name: "literalParts",
    does: "stores rules on sub without a literal character: a star, and the empty text",
    async observe({ session, one }) {
      const id = await session.registered(one);
      const store = async (sub: string) =>
        session.setPolicy(id, [await session.personal({ aud: session.audience, sub }, "deny")]);
      const star = await store("*");
      const empty = await store("");
      const value = star.status !== 200 ? "required" : empty.status !== 200 ? "non-empty" : "optional";
      return { value, said: `"*": ${saidBy(star)}; "": ${saidBy(empty)}` };
    },
  }),
  probe({
    name: "maximumDefinitions",
    does: "stores lists of up to 5001 definitions",
    async observe({ session, one }) {
      const id = await session.registered(one);
      const definition = await session.personal({}, "deny");
      let said: string | undefined;
      for (const count of COUNTS) {
        const list = Array.from({ length: count }, (_, index) => ({
          ...definition,
          rules: { sub: `missing-${index}` },
        }));
        const answer = await session.setPolicy(id, list);
        if (answer.status === 200) {
          return { value: count, said };
        }
        said ??= saidBy(answer);
      }
      return { value: `fewer than ${COUNTS.at(-1)}`, said };
    },
    reads: (value) => COUNTS.find((count) => count <= value),
  }),
  probe({
    name: "runnerPolicies",
    does: "stores a definition for runner tokens",
    async observe({ session, target, one }) {
      const id = await session.registered(one);
      const runnerID = target.runnerPool ?? randomUUID();
      const runner = {
        decision: "deny",
        tokenType: "runner",
        runnerID,
        authorizedPermissions: [],
        rules: { sub: "a" },
      };
      const answer = await session.setPolicy(id, [runner]);
      if (answer.status !== 200 && target.runnerPool === undefined) {
        return { notObservable: `refused (${saidBy(answer)}), which may be for the pool: none is known to exist` };
      }
      return { value: answer.status === 200 ? "accept" : "refuse", said: saidBy(answer) };
    },
  }),
];
