import type { FindingOf } from "./finding";
import { rulesOn, type Subject } from "./rules-view";

/** `YAML_SUBJECT`: an environment of Pulumi ESC without a name. */
export const YAML_SUBJECTS = ["YAML_SUBJECT"] as const;

type Finding = FindingOf<(typeof YAML_SUBJECTS)[number]>;

/**
 * Finds the subject that every unsaved definition of an organization has: one that is tried in the editor, and one that a stack's
 * configuration opens (pulumi/pulumi#14509). Who trusts it to let such a stack in trusts whatever anybody writes there.
 */
export function checkYamlSubject(subject: Subject): Finding[] {
  return rulesOn(subject, "sub")
    .filter(({ pattern }) => /^pulumi:environments:.*:<yaml>(?::|$)/.test(pattern))
    .map(({ pattern, path }) => ({
      name: "YAML_SUBJECT",
      severity: "error",
      path,
      message: `"${pattern}" names no environment: every definition of the organization that is opened without being saved has it`,
      fix: "put subjectAttributes: [currentEnvironment.name] into the environment's login, and trust the subject that it has then",
    }));
}
