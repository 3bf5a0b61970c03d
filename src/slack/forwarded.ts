import type { ForwardedMessage, QuestionFile } from "../agent/ports.ts";
import { type Attachment, attachmentWords } from "../core/slack-words.ts";
import { droppedFiles, type SharedFile } from "./files/dropped-files.ts";

/** A message's attachment, as far as one that holds another message is concerned. */
export interface SharedMessage extends Attachment {
  is_share?: boolean;
  is_msg_unfurl?: boolean;
  author_name?: string;
  author_id?: string;
  from_url?: string;
  files?: readonly SharedFile[];
}

/** Messages of one forward that are looked at, and of each the characters; files of all of them. */
const most = 10;
const longestText = 20_000;
const longestName = 120;
const mostFiles = 10;

/** The messages that stand in a message because somebody forwarded them; other attachments are no message. */
export function sharedIn(attachments: readonly SharedMessage[] = []): SharedMessage[] {
  return attachments
    .filter((one) => one.is_share === true || one.is_msg_unfurl === true)
    .filter((one) => attachmentWords(one) !== "" || droppedFiles(one.files).length > 0)
    .slice(0, most);
}

/** The files of forwarded messages: whoever wrote those has named them. */
export function filesOfShared(shared: readonly SharedMessage[]): QuestionFile[] {
  const files = shared.flatMap((one) => droppedFiles(one.files));
  return files.slice(0, mostFiles).map((file) => ({ ...file, from: "forward" }));
}

/** `read` makes Slack's text a person's; `home` is the workspace's own address: links elsewhere are nobody's to press. */
export async function readShared(
  shared: readonly SharedMessage[],
  read: (text: string) => Promise<string>,
  home: string | undefined,
): Promise<ForwardedMessage[]> {
  return Promise.all(
    shared.map(async (one) => {
      const { author_name: name = "", author_id: id = "", from_url: url = "" } = one;
      const author = `${name.replaceAll(/\p{C}/gu, "").slice(0, longestName)} (${id.slice(0, 20)})`.trim();
      const isOurs = home !== undefined && url.startsWith(`${home}archives/`);
      const files = droppedFiles(one.files).map((file) => file.name);
      const text = await read(attachmentWords(one).slice(0, longestText));
      return { author, text, ...(files.length > 0 && { files }), ...(isOurs && { url }) };
    }),
  );
}
