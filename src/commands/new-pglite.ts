import { existsSync } from "node:fs";
import { access, constants, cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { openPglite } from "../storage/pglite.ts";

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));

/**
 * Fills a folder with a new, empty PGlite. Making one takes three seconds of one core, copying it 0.1: it is made once for
 * each version of PGlite, and kept where tools keep what can be made again. Where nothing can be kept the folder stays as it
 * is, and whoever opens it makes one.
 */
export async function copyNewPglite(to: string): Promise<void> {
  const manifest = await readFile(`${modules}@electric-sql/pglite/package.json`, "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const template = `${modules}.cache/sophia/pglite-${version}`;
  if (!existsSync(template)) {
    if (!(await mayWrite(modules))) return;
    await makeTemplate(template);
  }
  await cp(template, to, { recursive: true });
}

async function mayWrite(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function makeTemplate(template: string): Promise<void> {
  const mine = `${template}.${process.pid}`;
  await mkdir(dirname(template), { recursive: true });
  await (await openPglite(mine)).close();
  try {
    await rename(mine, template);
  } catch (error) {
    // Another process has made it meanwhile.
    if (!existsSync(template)) throw error;
    await rm(mine, { recursive: true, force: true });
  }
}
