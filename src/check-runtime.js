/** Loaded before main.ts: plain JavaScript, since it must run on the very Node that it refuses. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
// Type stripping without a flag came with 22.18.
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Sophia needs Node 22.18 or newer, this is ${process.versions.node}. npm ci installs a Node 24 of its own, which npm scripts find first: run npm ci again, and start through npm (npm start). If it was left out (--omit=optional, another platform), install Node 24.\n`,
  );
  process.exit(1);
}
