import { noSecrets, type SecretStream } from "../../core/secrets.ts";

/**
 * Slack reads `<!channel>`, `<@U…>` and the like as control sequences wherever they stand, code included. Text of a model
 * (and what it quotes of others) must not call anybody: such a sequence is broken by a character that nobody sees. Only
 * the people in `mayMention` are let through.
 */
const zeroWidthSpace = "\u200B";
const sequence = /<(?=!(?:channel|group|here|everyone|subteam|date)|@([UWB][A-Z0-9]+)|#[CGD][A-Z0-9])/gi;
/** A tail that the next piece may complete to a control sequence, the id of a mention included. */
const unfinished = /<(?:!(?:[a-z]*)|@[A-Z0-9]*|#[A-Z0-9]*)?$/i;
/** A link that is still being written, in what a line has of it. */
const unfinishedLink = /!?\[[^\]\n]*(?:\](?:\([^)\n]*)?)?$/;
const longestHeldLink = 300;
/** Control characters (`\p{Cc}`, but for tab and line feed), and those that turn the direction of writing round. */
const controlCharacters = /(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;

/** One whole text made safe. */
export function safeMarkdown(text: string, mayMention: ReadonlySet<string> = new Set()): string {
  return guarded(text.replace(controlCharacters, ""), mayMention);
}

function guarded(text: string, mayMention: ReadonlySet<string>): string {
  return text.replace(sequence, (mark, user?: string) =>
    user && mayMention.has(user) ? mark : `${mark}${zeroWidthSpace}`,
  );
}

/**
 * The same for text that comes in pieces: what may become a control sequence is held back until it is decided, and a link
 * until it is closed, so that nobody sees half of its address.
 */
export class SafeMarkdownStream {
  readonly #mayMention: ReadonlySet<string>;
  readonly #secrets: SecretStream;
  #held = "";

  /** `secrets` takes those of the process out, also one that is cut in two by the end of a piece. */
  constructor(mayMention: ReadonlySet<string>, secrets: SecretStream = noSecrets.stream()) {
    this.#mayMention = mayMention;
    this.#secrets = secrets;
  }

  /** The safe text that can be shown now. */
  push(piece: string): string {
    return this.#push(this.#secrets.push(piece));
  }

  /** What was held back. */
  flush(): string {
    const shown = this.#push(this.#secrets.end());
    const rest = this.#held;
    this.#held = "";
    return shown + guarded(rest, this.#mayMention);
  }

  #push(piece: string): string {
    // First: what is taken out later could bring the two ends of a sequence together.
    const text = this.#held + piece.replace(controlCharacters, "");
    const end = Math.min(sequenceStart(text), linkStart(text));
    this.#held = text.slice(end);
    return guarded(text.slice(0, end), this.#mayMention);
  }
}

/** Where a control sequence may have begun that the end of `text` leaves open; else its length. */
function sequenceStart(text: string): number {
  const tail = text.lastIndexOf("<");
  return tail >= 0 && text.length - tail < 24 && unfinished.test(text.slice(tail)) ? tail : text.length;
}

/** The same for a link. */
function linkStart(text: string): number {
  const from = Math.max(0, text.length - longestHeldLink);
  if (text.indexOf("[", from) < 0) return text.length;
  const link = unfinishedLink.exec(text.slice(from));
  return link ? from + link.index : text.length;
}
