import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const check = join(import.meta.dirname, "../../src/check-runtime.js");

function startOn(version: string) {
  const pretend = `data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"${version}"}})`;
  return spawnSync(process.execPath, ["--import", pretend, "--import", check, "--eval", "console.log('started')"], {
    encoding: "utf8",
  });
}

it.each(["18.20.4", "20.20.2", "22.17.1"])(
  "Node %s is told what to do instead of failing on a file type",
  (version) => {
    const { status, stdout, stderr } = startOn(version);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`this is ${version}`);
    expect(stderr).toContain("npm ci");
  },
);

it.each(["22.18.0", "24.21.0", "26.0.0"])("Node %s starts", (version) => {
  expect(startOn(version).stdout).toBe("started\n");
});
