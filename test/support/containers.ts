import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

/** What every server's image is made from. */
const BASE_IMAGE = "node:24-bookworm-slim";

/** Whether images can be built here without fetching their base; where they cannot, that is said plainly. */
export function canBuildImages(): boolean {
  const engine = spawnSync("docker", ["info", "--format", "{{.ServerVersion}}"], { encoding: "utf8", timeout: 2_000 });
  // Without an engine some versions end well and print nothing.
  if (engine.status !== 0 || engine.stdout.trim() === "") return notRun("no container engine answers");
  if (spawnSync("docker", ["image", "inspect", BASE_IMAGE], { timeout: 2_000 }).status !== 0)
    return notRun(`the engine has no ${BASE_IMAGE}; \`docker pull ${BASE_IMAGE}\` fetches it`);
  return true;
}

function notRun(reason: string): false {
  process.stderr.write(`NOT RUN: the images of the servers, for ${reason}\n`);
  return false;
}

const run = promisify(execFile);

/** What `docker` with these arguments prints. Rejects, with what it complained of, where it fails or takes too long. */
export async function docker(args: readonly string[], timeoutMs = 20_000): Promise<string> {
  return (await run("docker", args, { timeout: timeoutMs })).stdout;
}

const sizeOf = async (image: string): Promise<number> =>
  Number(await docker(["image", "inspect", "--format", "{{.Size}}", image]));

/** What an image adds to its base, in megabytes of a million bytes. */
export const addedSize = async (image: string): Promise<number> =>
  ((await sizeOf(image)) - (await sizeOf(BASE_IMAGE))) / 1e6;
