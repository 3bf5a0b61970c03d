import { SlackRefusal } from "../refusal.ts";
import type { Method } from "./method.ts";

/** Characters of `alt_txt`. */
const ALT_LIMIT = 1000;

const getUploadUrlExternal: Method = (args, { files }) => {
  const length = args.number("length") ?? 0;
  if (!Number.isInteger(length) || length < 1) throw new SlackRefusal("missing_argument");
  if ((args.optional("alt_txt")?.length ?? 0) > ALT_LIMIT) throw new SlackRefusal("alt_txt_too_large");
  const { file, uploadUrl } = files.announce(args.text("filename"), length);
  return { upload_url: uploadUrl, file_id: file.id };
};

/** Shares nothing: a file without a channel is its owner's alone. Sharing by this call is not played. */
const completeUploadExternal: Method = (args, { files }) => {
  const list = args.json("files");
  if (!Array.isArray(list) || list.length === 0) throw new SlackRefusal("invalid_arguments");
  if (args.optional("channel_id") !== undefined || args.optional("channels") !== undefined)
    throw new SlackRefusal("channel_not_found");
  const completed = (list as { id?: unknown; title?: unknown }[]).map(({ id, title }) =>
    files.complete(String(id), typeof title === "string" ? title : undefined),
  );
  return { files: completed.map(({ id, title }) => ({ id, title })) };
};

const info: Method = (args, { files }) => {
  const file = files.get(args.text("file"));
  const payload = files.payload(file);
  if (file.unprocessed > 0) file.unprocessed -= 1;
  return { file: payload, comments: [], response_metadata: { next_cursor: "" } };
};

export const fileMethods: Readonly<Record<string, Method>> = {
  "files.getUploadURLExternal": getUploadUrlExternal,
  "files.completeUploadExternal": completeUploadExternal,
  "files.info": info,
};
