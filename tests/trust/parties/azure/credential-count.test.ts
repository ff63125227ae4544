import { checkCredentialCount } from "../../../../trust/parties/azure/credential-count";
import { refused } from "../../../helpers/refused";

const of = (groups: number, subjects: number) => ({ groups, subjects, names: ["stacks", "operations"] }) as const;
const CODE = "AZURE_CREDENTIALS_TOO_MANY";

describe("trust/parties/azure/credential-count", () => {
  it("takes what fits into one identity: 20 credentials", () => {
    for (const [groups, subjects] of [
      [5, 4],
      [20, 1],
      [1, 20],
      [3, 6],
      [10, 2],
    ] as const) {
      checkCredentialCount(of(groups, subjects), false, "azure");
    }
  });

  for (const [groups, subjects, words] of [
    [
      ...([6, 4] as const),
      "give at most 5 stacks with 4 operations, or at most 3 operations for 6 stacks, or set split: true for as many identities as stacks",
    ],
    [
      ...([21, 1] as const),
      "give at most 20 stacks with 1 operations, or set split: true for as many identities as stacks",
    ],
    [
      ...([4, 6] as const),
      "give at most 3 stacks with 6 operations, or at most 5 operations for 4 stacks, or set split: true for as many identities as stacks",
    ],
    [...([1, 21] as const), "give at most 20 operations"],
    [...([21, 21] as const), "give at most 20 operations"],
  ] as const) {
    it(`refuses ${groups} with ${subjects} each, and says what fits`, () => {
      const what = `${groups} stacks with ${subjects} operations each need ${groups * subjects} federated credentials, and an identity takes 20`;
      refused(() => checkCredentialCount(of(groups, subjects), false, "azure"), CODE, "azure", what);
      refused(() => checkCredentialCount(of(groups, subjects), false, "azure"), CODE, "azure", `Fix: ${words}`);
    });
  }

  it("takes any number of groups that have an identity each, of 20 subjects", () => {
    checkCredentialCount(of(6, 4), true, "azure");
    checkCredentialCount(of(100, 20), true, "azure");
    refused(() => checkCredentialCount(of(1, 21), true, "azure"), CODE, "azure", "give at most 20 operations");
  });

  it("says how an identity that is there already is replaced by several", () => {
    const words = "or let azure.identity make them, with split: true for as many identities as stacks";
    refused(() => checkCredentialCount(of(6, 4), undefined, "azure"), CODE, "azure", words);
  });
});
