// In the sandbox, after transpile.mjs.
require.extensions[".ts"] = require.extensions[".js"];
