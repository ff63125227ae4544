import type * as pulumi from "@pulumi/pulumi";
import { checkProjectId } from "../../../trust/issuers";
import { checkGoogleAccount, checkProjectNumber, projectOfEmail } from "../../../trust/parties/gcp";
import { type Check, checksOf } from "../../resources";
import { checkRoles, rolesOf } from "../gcp";
import { exactlyOne } from "../lib";
import type { GkeGcp } from "./args";

/** The values of a runner's access to Google Cloud that are checked. */
interface GkeInputs {
  account?: Parameters<typeof checkGoogleAccount>[0];
  accountProject?: string;
  email?: string;
  projectNumber?: string;
  /** Project of the cluster. */
  project?: string;
}

/** The same as a program gives them. */
export function gkeInputs(
  { serviceAccount = {}, serviceAccountEmail: email, directPrincipal }: GkeGcp,
  project: pulumi.Input<string> | undefined,
) {
  const { accountId, displayName, description, project: accountProject } = serviceAccount;
  const { projectNumber } = directPrincipal ?? {};
  return { account: { accountId, displayName, description }, accountProject, email, projectNumber, project };
}

const check = checksOf<GkeInputs>();

/** Checks of a runner's access to Google Cloud. */
export function gkeChecks(name: string, gcp: GkeGcp): Check<GkeInputs>[] {
  return [
    check.options("account", () => {
      exactlyOne(gcp, ["serviceAccount", "serviceAccountEmail", "directPrincipal"], `${name}.gcp`);
    }),
    check.settings("account", checkGoogleAccount),
    check.one("accountProject", (project) => checkProjectId(project, "gcp.serviceAccount.project")),
    check.one("email", (email) => projectOfEmail(email)),
    check.one("projectNumber", (number) => checkProjectNumber(number)),
    check.options("project", (_given, { project }) => checkRoles(rolesOf(gcp), project)),
  ];
}
