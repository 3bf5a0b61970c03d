/**
 * Run while an image is built, in the folder of package.json: leaves in it only the packages that a server imports, so that
 * `npm install --package-lock-only` leaves only these and theirs in the lock file, at its versions.
 *
 *   node mcp-servers/shared/image/keep-needed.ts mcp-servers/gong/main.ts && npm install --package-lock-only
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const [main, ...rest] = process.argv.slice(2);
if (main === undefined || rest.length > 0) {
  process.stderr.write("usage: keep-needed.ts MAIN, the file that the image runs\n");
  process.exitCode = 1;
} else {
  keepNeeded(main);
}

interface Manifest {
  dependencies: Record<string, string>;
  [field: string]: unknown;
}

function keepNeeded(file: string): void {
  const {
    devDependencies: _,
    optionalDependencies: __,
    ...manifest
  } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
  const needed = packagesOf(file);
  const dependencies = Object.fromEntries(Object.entries(manifest.dependencies).filter(([name]) => needed.has(name)));
  const missing = [...needed].filter((name) => !(name in dependencies));
  if (missing.length > 0)
    throw new RangeError(`${file} imports what package.json does not name: ${missing.join(", ")}`);
  writeFileSync("package.json", `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`);
}

/** The packages that a file and all that it imports, now or later, ask for at run time. */
function packagesOf(main: string): Set<string> {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const target of importsOf(file)) {
      if (target.startsWith(".")) visit(resolve(dirname(file), target));
      else if (!target.startsWith("node:")) packages.add(packageName(target));
    }
  };
  visit(resolve(main));
  return packages;
}

function importsOf(file: string): string[] {
  // Types are erased, so what is imported for them alone is not there at run time.
  const pattern = /^(?:import|export)\s(?!type\s)(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  return [...readFileSync(file, "utf8").matchAll(pattern)].flatMap(([, named, later]) => named ?? later ?? []);
}

/** "@scope/name" of "@scope/name/file.js". */
function packageName(target: string): string {
  return target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/");
}
