export { evaluateAzureTrust } from "./evaluate";
export { type Clause, FIELD, invalidExpression, parseExpression } from "./expression";
export { languageOf } from "./issuer-language";
export { matchExpression } from "./match-expression";
export { invalidCredential, readCredential } from "./read-credential";
