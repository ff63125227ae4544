import ts from "typescript";

type Owner = ts.InterfaceDeclaration | ts.ClassDeclaration;
type Member<T extends Owner> = T["members"][number] & { name: ts.PropertyName; parent: Owner };

/** What a name refers to, through imports and exports; undefined for what is not in our own sources. */
export function declarationOf(name: ts.Node, checker: ts.TypeChecker): ts.Declaration | undefined {
  const symbol = checker.getSymbolAtLocation(name);
  return symbol && resolved(symbol, checker).declarations?.[0];
}

/** The symbol an import or export stands for. */
export function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** What a class or interface extends, where that is one of our own: the first base, with its declaration. */
export function baseOf(declaration: Owner, checker: ts.TypeChecker): { text: string; declaration?: Owner } | undefined {
  const clause = declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  const expression = clause?.types[0]?.expression;
  if (expression === undefined) {
    return undefined;
  }
  const found = declarationOf(expression, checker);
  const ours = found !== undefined && (ts.isInterfaceDeclaration(found) || ts.isClassDeclaration(found));
  return { text: expression.getText(), declaration: ours ? found : undefined };
}

/** Named members, those of our own bases first. */
export function membersOf<T extends Owner>(declaration: T, checker: ts.TypeChecker): Member<T>[] {
  const base = baseOf(declaration, checker)?.declaration as T | undefined;
  const inherited = base === undefined ? [] : membersOf(base, checker);
  return [...inherited, ...(declaration.members as unknown as Member<T>[])];
}
