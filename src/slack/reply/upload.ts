import { createHash } from "node:crypto";
import type { KnownBlock } from "@slack/types";
import type { ReplyImage } from "../../agent/ports.ts";
import { safeMessage, ServiceError } from "../../core/errors.ts";
import { slackError } from "../client.ts";
import type { PatientCalls } from "./patient-calls.ts";
import type { ReplyDependencies } from "./types.ts";

/** `signal`: the answer is left to another attempt. */
type Dependencies = Pick<ReplyDependencies, "replies" | "wait" | "logger"> & { signal: AbortSignal };

const mostTries = 3;
const bytesWithinMs = 20_000;
/** Pauses between looks at a file that Slack has not processed yet; it cannot be shown before. */
const looks = [0, 150, 300, 600, 1_200, 2_400, 4_800];
const mostAlt = 2_000;
const mostTitle = 2_000;

/**
 * The block that shows an image. A file that an earlier attempt has uploaded is shown again. Where Slack takes none, its words
 * stand in its place: no answer fails for a picture.
 */
export async function imageBlock(
  image: ReplyImage,
  turnId: string,
  deps: Dependencies,
  calls: PatientCalls,
): Promise<KnownBlock> {
  const title = image.title.trim().slice(0, mostTitle);
  try {
    const id = await fileOf(image, turnId, deps, calls);
    return {
      type: "image",
      slack_file: { id },
      alt_text: image.alt.slice(0, mostAlt),
      // Slack takes no empty one.
      ...(title === "" ? {} : { title: { type: "plain_text", text: title } }),
    };
  } catch (error) {
    deps.logger.warn({ turn: turnId, err: error }, "An image could not be shown");
    const text = `I cannot show a picture here (${safeMessage(error)}) What it shows: ${image.alt}`;
    return { type: "context", elements: [{ type: "plain_text", text: text.slice(0, mostAlt) }] };
  }
}

async function fileOf(image: ReplyImage, turnId: string, deps: Dependencies, calls: PatientCalls): Promise<string> {
  const digest = createHash("sha256").update(image.png).digest("base64url");
  const known = await deps.replies.imageOf(turnId, digest);
  if (known !== undefined) return known;
  const fileId = await upload(image, calls);
  await processed(fileId, deps, calls);
  await deps.replies.addImage({ turnId, digest, fileId });
  return fileId;
}

/** Uploads it for Sophia alone: whoever sees a message that shows it sees it as well. One that nothing shows, nobody sees. */
async function upload({ png, title }: ReplyImage, calls: PatientCalls): Promise<string> {
  for (let tries = 1; ; tries++) {
    const address = await calls.repeat("files.getUploadURLExternal", { filename: "chart.png", length: png.length });
    if (address.kind === "refused") throw slackError("files.getUploadURLExternal", address);
    const id = String(address.data["file_id"]);
    const isSent = await send(String(address.data["upload_url"]), png);
    const files = [{ id, title: title.trim().slice(0, 250) || "Chart" }];
    const done = isSent ? await calls.repeat("files.completeUploadExternal", { files }) : undefined;
    if (done?.kind === "ok") return id;
    if (tries >= mostTries) throw done ? slackError("files.completeUploadExternal", done) : uploadFailed();
  }
}

async function send(url: string, png: Uint8Array): Promise<boolean> {
  const headers = { "content-type": "application/octet-stream" };
  const signal = AbortSignal.timeout(bytesWithinMs);
  try {
    const body = new Uint8Array(png);
    const response = await fetch(url, { method: "POST", body, headers, signal, redirect: "error" });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Told by `false`: it is sent to a new address.
    return false;
  }
}

/** Waits until Slack has looked at what was uploaded. Where it does not say (the scope files:read is missing) one pause is enough. */
async function processed(id: string, { wait, signal }: Dependencies, calls: PatientCalls): Promise<void> {
  for (const pause of looks) {
    await wait(pause, signal);
    const outcome = await calls.repeat("files.info", { file: id });
    if (outcome.kind === "refused") return wait(1_000, signal);
    const file = outcome.data["file"] as { mimetype?: string } | undefined;
    if (file?.mimetype) return;
  }
  throw new ServiceError("Slack has not processed it in time.", { service: "Slack", retryable: true });
}

function uploadFailed(): ServiceError {
  return new ServiceError("Slack did not take it.", { service: "Slack", retryable: true });
}
