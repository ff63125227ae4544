// Imported first by every script that may run before anything is installed. Old Node versions must still parse it.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 18)) {
  console.error(
    `NODE_TOO_OLD: this is Node ${process.versions.node}. Fix: use Node 20.18.1 or later (https://nodejs.org)`,
  );
  process.exit(1);
}
