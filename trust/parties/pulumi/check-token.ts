import { type Finding, type PolicySubject, type Rule, rulesOn, saysNothing } from "../../lint";

/** Finds allows of tokens that are worth more than they seem: an administrator's for many subjects, and a team's by pattern. */
export function checkToken(subject: PolicySubject): Finding[] {
  return [...adminForMany(subject), ...teamName(subject)];
}

function adminForMany(subject: PolicySubject): Finding[] {
  const { definition, path } = subject;
  if (definition.authorizedPermissions?.includes("admin") !== true || namesOneSubject(subject)) {
    return [];
  }
  return [
    {
      name: "ADMIN_FOR_MANY",
      severity: "error",
      path: rulesOn(subject, "sub")[0]?.path ?? `${path}.rules`,
      message: "many subjects get an administrator's token: each of them can change the organization",
      fix: 'name one subject without * and ?, or leave "admin" out',
    },
  ];
}

function namesOneSubject(subject: PolicySubject): boolean {
  const inCluster = (...keys: string[]) => rulesOn(subject, "kubernetes.io", ...keys);
  return (
    isOne(rulesOn(subject, "sub")) ||
    isOne(inCluster("serviceaccount", "uid")) ||
    (isOne(inCluster("namespace")) && isOne(inCluster("serviceaccount", "name")))
  );
}

/** Dots have their own findings. */
function isOne(rules: readonly Rule[]): boolean {
  return rules.length > 0 && !rules.some(({ shape }) => /[*?]/.test(shape) || saysNothing(shape));
}

function teamName({ definition, path }: PolicySubject): Finding[] {
  const { teamName: team } = definition;
  if (!team) {
    return [];
  }
  const place = `${path}.teamName`;
  if (saysNothing(team)) {
    return [
      {
        name: "ANY_TEAM",
        severity: "error",
        path: place,
        message: `"${team}" allows the tokens of every team, those of teams to come included`,
        fix: "name the team, or begin with the literal part that its teams have in common",
      },
    ];
  }
  return team.includes(".")
    ? [
        {
          name: "DOT_ADMITS_OTHERS",
          severity: "error",
          path: place,
          message: `"${team}" allows the tokens of other teams: a dot matches any one character, and nothing escapes it`,
          fix: "use a team without a dot in its name",
        },
      ]
    : [];
}
