/**
 * Adds to package-lock.json the optional packages of other platforms that a registry did not serve at install time.
 * Without them `npm ci` refuses the lock ("Missing: ... from lock file"). Run it after any `npm install`.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  [field: string]: unknown;
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockedPackage> };

const operatingSystems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32", "aix", "sunos"];
const processors = ["arm64", "x64", "arm", "ppc64", "riscv64", "s390x", "ia32", "loong64"];

/** Whether the lock holds `name` where Node would look for it from the package at `from`. */
function isLocked(from: string, name: string): boolean {
  const parents = from
    .split("/node_modules/")
    .map((_, index, parts) => parts.slice(0, index + 1).join("/node_modules/"));
  return ["", ...parents].some((parent) => lock.packages[`${parent === "" ? "" : `${parent}/`}node_modules/${name}`]);
}

let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (path === "" || isLocked(path, name)) continue;
    const os = operatingSystems.find((word) => name.includes(word));
    const cpu = processors.find((word) => name.includes(word));
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      optional: true,
      ...(os && { os: [os] }),
      ...(name.endsWith("musl") && { libc: ["musl"] }),
    };
    added += 1;
  }
}
const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
console.log(`${added} entries added`);
