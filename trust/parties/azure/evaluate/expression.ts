import { OidcRunnerError } from "../../../errors";

/** One comparison of a claims matching expression. */
export interface Clause {
  claim: string;
  operator: "eq" | "matches";
  comparand: string;
}

/** Where a claims matching expression stands in a credential. */
export const FIELD = "claimsMatchingExpression.value";

const LOOKUP = /claims\['([A-Za-z0-9_]+)'\]/y;
const OPERATOR = /(?:eq|matches)(?![^ ])/y;
const COMPARAND = /'([^']*)'/y;
const AND = / and /y;

/**
 * Reads a claims matching expression of language version 1: comparisons `claims['NAME'] OPERATOR 'TEXT'`, joined by `and`,
 * with one space between (Microsoft Entra documentation, "Flexible federated identity credentials": language structure).
 * The operators are `eq` and `matches`. How a single quote is written within a text is not documented, so it is refused;
 * every other character stands for itself.
 *
 * @throws OidcRunnerError `AZURE_EXPRESSION_INVALID` with the place, counted from 1.
 */
export function parseExpression(text: string): Clause[] {
  const clauses: Clause[] = [];
  let position = 0;
  /** What a pattern matches here: its group, or else all of it. */
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    position += match?.[0].length ?? 0;
    return match?.[1] ?? match?.[0];
  };
  const refuse = (what: string, fix = FORM): never => {
    throw invalidExpression(what, fix, `${FIELD}, character ${position + 1}`);
  };
  while (true) {
    const claim = take(LOOKUP) ?? refuse("a claim is expected");
    take(/ /y) ?? refuse("one space is expected");
    const operator =
      take(OPERATOR) ?? refuse("an operator is expected", "use eq, or matches with the wildcards * and ?");
    take(/ /y) ?? refuse("one space is expected");
    const comparand = take(COMPARAND) ?? refuse("a text in single quotes is expected");
    clauses.push({ claim, operator: operator as Clause["operator"], comparand });
    if (position === text.length) {
      return clauses;
    }
    if (text[position] === "'") {
      refuse("a single quote within a text is not documented", "leave it out; ? matches any character");
    }
    take(AND) ?? refuse("the end or ` and ` is expected", "join comparisons by and; there is no or, not or ()");
  }
}

const FORM = "write claims['sub'] matches 'repo:acme/app:*', and join several by and, with one space between";

/** The error for an expression, or a part of one, that Microsoft doesn't document. */
export function invalidExpression(what: string, fix: string, where = FIELD): OidcRunnerError {
  return new OidcRunnerError("AZURE_EXPRESSION_INVALID", `this is not a claims matching expression: ${what}`, {
    where,
    fix,
  });
}
