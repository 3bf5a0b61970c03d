/**
 * Preloaded (`node --import`) into a server: tells its parent, on stderr at the end of its input, which packages it has
 * loaded until then.
 */
import { registerHooks } from "node:module";

const packages = new Set<string>();
registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context);
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(resolved.url)?.[1];
    if (name !== undefined) packages.add(name);
    return resolved;
  },
});

process.stdin.once("end", () => process.stderr.write(`packages: ${JSON.stringify([...packages].sort())}\n`));
