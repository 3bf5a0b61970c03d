import { wordsOf } from "./ask.ts";
import { asObject, asText } from "./calls.ts";
import type { Intent } from "./intents.ts";
import { link, plain } from "./markdown.ts";
import { PLEASE } from "./wording.ts";
import { done, write } from "./writing.ts";

const SEND = new RegExp(
  String.raw`${PLEASE}(?:send|post|write|drop)\s+(?:an?\s+)?(?:message|note|line|this|update)?\s*(?:to|in|into|on)\s+(?:the\s+)?(?:<#(\w+)(?:\|[^>]*)?>|#([\p{L}\p{N}_-]+))(?:\s+channel)?\s*(?::|,?\s*\bsaying(?: that)?\b|\bthat says\b)\s*(.+)$`,
  "isu",
);

/** "Send a message to #deal-desk: Acme asks for phasing". */
export const sendMessage: Intent = {
  name: "message",
  matches: (question) => SEND.test(question),
  run: (conversation) => {
    const [, id, name, text = ""] = SEND.exec(wordsOf(conversation.current.question)) ?? [];
    const channel = id ?? name ?? "";
    const place = name ? `#${plain(name)}` : "that channel";
    const sent = write(conversation, {
      tool: "send_message",
      input: { channel, text: text.trim() },
      thought: "The message and where it goes are clear; sending it needs somebody's consent.",
      proposal: `I would send this message to ${place}: “${plain(text)}”`,
      undone: "The message was not sent",
      service: "Slack",
    });
    if ("move" in sent) return sent.move;
    const message = asObject(sent.value.json["message"]);
    const sentTo = asText(asObject(message["channel"])["name"]);
    return {
      text: `${done(sent.value)}: ${link("the message", asText(message["url"]))} stands in ${sentTo ? `#${plain(sentTo.replace(/^#/, ""))}` : place}.`,
    };
  },
};
