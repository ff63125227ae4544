// Tests run compiled, in dist/tests. Without `spec`, which mocha would add to the files it is given.
// A limit against hanging only: a busy machine is slow, and no test is about that.
module.exports = { timeout: 60000 };
