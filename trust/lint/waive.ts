import type { Finding, FindingName } from "./finding";

/** A finding that is known and meant. */
export interface Waiver {
  name: FindingName;
  /** Why; not empty. */
  reason: string;
}

/** Leaves out what is waived. A waiver without a reason waives nothing and is an error itself. */
export function waive(findings: readonly Finding[], waivers: readonly Waiver[]): Finding[] {
  const justified = waivers.filter(hasReason).map(({ name }) => name);
  return [
    ...findings.filter(({ name }) => !justified.includes(name)),
    ...waivers.flatMap((waiver, index): Finding[] =>
      hasReason(waiver)
        ? []
        : [
            {
              name: "WAIVER_WITHOUT_REASON",
              severity: "error",
              path: `waive[${index}]`,
              message: `nobody can tell later why ${waiver.name} was waived`,
              fix: "give the reason",
            },
          ],
    ),
  ];
}

function hasReason({ reason }: Waiver): boolean {
  return typeof reason === "string" && reason.trim() !== "";
}
