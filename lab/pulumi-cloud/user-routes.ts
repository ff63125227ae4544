import { Hono } from "hono";
import { pins } from "../../tools/toolchain/download";
import type { LabEnvironment } from "../http";
import type { AccessTokenGrant } from "./access-tokens";
import type { CloudContext } from "./context";

/** The CLI version the lab calls the newest: the one it is tried with, so that no CLI prints an upgrade notice. */
const CLI_VERSION = pins.pulumi.version;

/** What the CLI asks about the caller and about the service. */
export function userRoutes(context: CloudContext): Hono<LabEnvironment> {
  const app = new Hono<LabEnvironment>();

  app.get("/api/user", (call) => call.json(userAnswer(context.caller(call.req.header("Authorization")))));

  app.get("/api/user/organizations/default", (call) => {
    const { organization } = context.caller(call.req.header("Authorization"));
    return call.json({ GitHubLogin: organization, Messages: [] });
  });

  app.get("/api/capabilities", (call) => call.json({ capabilities: [] }));

  app.get("/api/cli/version", (call) =>
    call.json({ latestVersion: CLI_VERSION, oldestWithoutWarning: CLI_VERSION, latestDevVersion: CLI_VERSION }),
  );

  return app;
}

/**
 * A personal token acts as its user. The others are machine identities: they bear the organization's name (not verified
 * against the real service; the CLI only needs some login) and `tokenInfo` says what they are.
 */
function userAnswer(grant: AccessTokenGrant) {
  const { organization, team, user, name } = grant;
  const login = user ?? organization;
  return {
    id: login,
    githubLogin: login,
    name: login,
    email: "",
    avatarUrl: "",
    organizations: [{ githubLogin: organization, name: organization, avatarUrl: "" }],
    identities: [],
    // The CLI calls a token personal when there is no tokenInfo.
    ...(user === undefined ? { tokenInfo: { name, organization, ...(team === undefined ? {} : { team }) } } : {}),
  };
}
