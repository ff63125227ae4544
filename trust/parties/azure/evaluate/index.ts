export { evaluateAzureTrust } from "./evaluate";
export { type Clause, FIELD, invalidExpression, parseExpression } from "./expression";
export { languageOf, matchExpression } from "./match-expression";
export { invalidCredential, readCredential } from "./read-credential";
