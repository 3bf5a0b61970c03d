import { UserError } from "../../src/core/errors.ts";

/** Control characters but for tab and line feed, and those that turn the direction of writing round: they could hide a mark. */
const hiding = /(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;
/** Slack's marks that call everybody, or a whole group, at once; it reads them in code as well. */
const massMark = /<!(?:channel|group|here|everyone|subteam)\b|<@S[A-Z0-9]/i;
/** The same as a person types them: not linked by Slack as things are, and so that it stays like that. */
const typedMass = /(?<![\w.@/+-])@(?=(?:channel|here|everyone|group)\b)/gi;
/** Further marks of Slack's, a date among them, that show something else than what stands there. */
const otherMark = /<(?=!)/g;
const person = /<@([UW][A-Z0-9]+)(?:\|[^<>\n]*)?>/g;
const zeroWidthSpace = "\u200B";
const mostMentions = 10;

/**
 * A text as it may leave the house: Markdown in which `<@U...>` calls a person and nothing calls a crowd. Throws UserError
 * for a text that would.
 */
export function outgoingText(text: string): string {
  const plain = text.replace(hiding, "");
  if (massMark.test(plain)) {
    throw new UserError(
      "text must not call a whole channel or group: leave out <!channel>, <!here>, <!everyone>, <!subteam...> and <@S...>. Mention people one by one with <@ID>, or let whoever asks call the channel.",
    );
  }
  if (mentionsIn(plain).length > mostMentions) {
    throw new UserError(
      `text mentions more than ${mostMentions} people. Mention those whom it is for, and name the others.`,
    );
  }
  const safe = plain.replace(typedMass, `@${zeroWidthSpace}`).replace(otherMark, `<${zeroWidthSpace}`);
  if (safe.trim() === "") throw new UserError("text must not be empty.");
  return safe;
}

/** Ids of the people that a text calls, each once, in order. */
export function mentionsIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(person), ([, id = ""]) => id))];
}
