export { evaluateAzureTrust } from "./evaluate";
export { type Clause, FIELD, parseExpression } from "./expression";
export { languageOf } from "./issuer-language";
export { readCredential } from "./read-credential";
