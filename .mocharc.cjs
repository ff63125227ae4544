// Tests run compiled, in dist/tests. Without `spec`, which mocha would add to the files it is given.
// A limit against hanging only, in milliseconds: a machine that does other work besides takes minutes for an update of a stack,
// and no test is about that. A few that take longer have their own.
module.exports = { timeout: 1_200_000 };
