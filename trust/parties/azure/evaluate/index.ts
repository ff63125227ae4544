export { evaluateAzureTrust } from "./evaluate";
export { type Clause, FIELD, parseExpression } from "./expression";
export { languageOf } from "./match-expression";
export { readCredential } from "./read-credential";
