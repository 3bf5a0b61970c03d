import type { ForwardedMessage } from "../agent/ports.ts";

/** A message's attachment, as far as one that holds another message is concerned. */
export interface SharedMessage {
  is_share?: boolean;
  is_msg_unfurl?: boolean;
  author_name?: string;
  author_id?: string;
  text?: string;
  fallback?: string;
  from_url?: string;
}

/** Messages of one forward that are looked at, and of each the characters. */
const most = 10;
const longestText = 20_000;
const longestName = 120;

/** The messages that stand in a message because somebody forwarded them; other attachments are no message. */
export function sharedIn(attachments: readonly SharedMessage[] = []): SharedMessage[] {
  return attachments
    .filter((one) => one.is_share === true || one.is_msg_unfurl === true)
    .filter((one) => wordsOf(one) !== "")
    .slice(0, most);
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
      return { author, text: await read(wordsOf(one).slice(0, longestText)), ...(isOurs && { url }) };
    }),
  );
}

function wordsOf({ text = "", fallback = "" }: SharedMessage): string {
  return (text.trim() === "" ? fallback : text).trim();
}
