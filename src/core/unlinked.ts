/** Nobody sees it, and nothing makes a link of a name that it stands in. */
const zeroWidthSpace = "\u200B";
const schemeEnd = /:(?=[/\\])|(?<=\b(?:mailto|tel|sms)):(?=\S)/gi;
/** Browsers read the others as dots as well. Before a digit it is one of a number. */
const dotInName = /(?<=\S)[.\u2024\u3002\uFE52\uFF0E\uFF61](?=\p{L})/gu;

/** Nobody types them: they come with what was copied. */
const unseen = /[\u200B\u2060\uFEFF]/g;

/** Words that somebody may have copied out of such a text, as they were before. */
export function asCopied(text: string): string {
  return text.replaceAll(unseen, "");
}

/** Others' words for Slack's marked-up text, in which it links what looks like an address: they read the same, and are no links. */
export function unlinked(text: string): string {
  return text.replaceAll(schemeEnd, ": ").replaceAll(dotInName, (dot) => dot + zeroWidthSpace);
}
