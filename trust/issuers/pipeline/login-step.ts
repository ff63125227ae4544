import { quoted } from "./quoted";
import type { CiSystem } from "./system";

/** What a job logs in to, and the access token it asks for. */
export interface Login {
  organization: string;
  /** Audience of the job's token. */
  audience: string;
  /** Address of Pulumi Cloud's API. Without it the CLI can't exchange a token where it has never logged in. */
  apiUrl: string;
  /** Team of a team token, or user of a personal one. Default: the organization's token. */
  accessToken?: { team: string } | { user: string };
}

/**
 * Shell text (POSIX sh) that logs the Pulumi CLI in with the job's token. The token is in no process's arguments and only in a
 * file that the step removes; a variable that held it is gone for what the same shell runs afterwards.
 */
export function loginStep({ token, maskPrefix }: Pick<CiSystem, "token" | "maskPrefix">, login: Login): string {
  const file = '"$oidc_dir/token"';
  const write =
    "variable" in token
      ? [`printf '%s' "$${token.variable}" >${file}`]
      : [`${token.command(login.audience)} >"$oidc_dir/answer"`, `${extract(token.member)} >${file}`];
  const steps = [
    "set -u",
    "umask 077",
    "oidc_dir=$(mktemp -d)",
    `trap 'rm -rf "$oidc_dir"' EXIT`,
    "trap 'exit 1' HUP INT TERM",
    ...write,
    // The CLI takes an empty one for none, and could go on as somebody else.
    `[ -s ${file} ] || { echo 'the job got no token' >&2; exit 1; }`,
    ...(maskPrefix === undefined ? [] : [`sed 's/^/${maskPrefix}/' ${file}; echo`]),
    loginCommand(login),
  ];
  return [
    "set -e",
    "(",
    ...steps.map((line) => `  ${line}`),
    ")",
    ...("variable" in token ? [`unset ${token.variable}`] : []),
    "",
  ].join("\n");
}

/** The token out of the answer, without the line's end, which is not part of it. */
function extract(member: string | undefined): string {
  return member === undefined
    ? `tr -d '\\r\\n' <"$oidc_dir/answer"`
    : `sed -n 's/.*"${member}" *: *"\\([^"]*\\)".*/\\1/p' "$oidc_dir/answer" | tr -d '\\r\\n'`;
}

/** The flags are those of pulumi/pulumi v3.259.0, pkg/cmd/pulumi/auth/login.go. */
function loginCommand({ organization, apiUrl, accessToken }: Login): string {
  const owner =
    accessToken === undefined
      ? ""
      : "team" in accessToken
        ? ` --oidc-team ${quoted(accessToken.team)}`
        : ` --oidc-user ${quoted(accessToken.user)}`;
  return `pulumi login --cloud-url ${quoted(apiUrl)} --oidc-token "file://$oidc_dir/token" --oidc-org ${quoted(organization)}${owner} --non-interactive`;
}
