import type { RichTextElement } from "@slack/types";
import type { Approval } from "../../storage/approvals.ts";
import { shortened, text, visible } from "./card-parts.ts";

const longestReason = 300;
const notSent = "It was not carried out: the answer below says why. Nothing was changed.";

/** What came of one write, for a person. */
export function outcomeOf(approval: Approval): RichTextElement[] {
  const isDecided = approval.decidedBy !== undefined;
  switch (approval.status) {
    case "planned":
      return [];
    case "granted":
    case "sent":
      return [text("On its way.")];
    case "done":
      return [text("Done."), ...linkTo(approval)];
    case "failed":
      return [text(`It was not carried out: ${firstLine(approval)}`)];
    case "unknown":
      return [text("It was sent, and it is not known whether it was carried out.")];
    case "expired":
      return [text(isDecided ? notSent : "Nobody decided in time. Nothing was changed.")];
    case "withdrawn":
      return [
        text(isDecided ? notSent : "No longer open: it was stopped, or the question has changed. Nothing was changed."),
      ];
    case "denied":
      return [text("Nothing was changed.")];
  }
  return approval.status satisfies never;
}

/** The record that was made or changed, where the service itself gave its address: one that was an argument may lead anywhere. */
function linkTo({ result, preview }: Approval): RichTextElement[] {
  const [url] = result?.links ?? [];
  // What was there before is linked above.
  const isNew = url !== undefined && url !== preview?.record?.url;
  return isNew && /^https?:/.test(url) ? [text(" "), { type: "link", url, text: "Open" }] : [];
}

function firstLine({ result }: Approval): string {
  const [block] = result?.content ?? [];
  const words = block?.["text"];
  const [line = ""] = typeof words === "string" ? words.split("\n") : [];
  return line === "" ? "the service refused it." : shortened(visible(line), longestReason);
}
