import type { Step } from "./ports.ts";

/** A web address in a person's own words, up to the marks after which a sentence goes on. */
const webAddress = /https?:\/\/[^\s<>"|]+/g;
/** At these some readers end an address, and begin another one after them. */
const holdsAnother = /[\\()[\]]|:\/\/.*:\/\//;
const closingMarks = /(?<![.,;:!?)\]}'*_~])[.,;:!?)\]}'*_~]+$/;

/**
 * What an answer may link to: pages that a service itself gave for its records, what the asker wrote out in full, and the
 * configured hosts. That an address was read somewhere is no reason: whoever writes a note or a message can put one there.
 */
export class LinkSources {
  readonly #hosts: ReadonlySet<string>;
  readonly #urls = new Set<string>();
  readonly #read: string[] = [];

  constructor(hosts: readonly string[]) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
  }

  /** Takes in a step of the conversation, in which `userId` asks now. */
  learn(step: Step, userId: string): void {
    if (step.kind === "tool_result") {
      for (const url of step.links ?? []) this.#urls.add(url);
      this.#read.push(step.text);
    }
    if (step.kind !== "question") return;
    this.#read.push(step.text, step.context);
    if (step.userId !== userId) return;
    for (const [whole] of step.text.matchAll(webAddress)) {
      this.#urls.add(whole).add(whole.replace(closingMarks, ""));
    }
  }

  /** Whether this address, as it stands, may be pressed. */
  mayLink(address: string): boolean {
    const parsed = URL.canParse(address) ? new URL(address) : undefined;
    if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== "" || parsed.password !== "") return false;
    // A model may write the one as the other, which is the same in Markdown.
    if (this.#urls.has(address) || this.#urls.has(address.replaceAll("&amp;", "&"))) return true;
    if (!this.#hosts.has(parsed.host) || holdsAnother.test(address)) return false;
    // What a trusted host is asked may carry something, unless it was found so: as all of a field, not within a sentence.
    return !/[?#]/.test(address) || this.wasRead(JSON.stringify(address));
  }

  /** Whether it stands somewhere in what was read, and so is not put together from it. */
  wasRead(words: string): boolean {
    return this.#read.some((text) => text.includes(words));
  }
}
