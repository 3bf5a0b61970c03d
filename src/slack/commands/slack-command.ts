import type { KnownBlock } from "@slack/types";
import type { Person } from "../people.ts";
import type { ListenerContext } from "../listeners/context.ts";

/** One `/sophia VERB`, as it was given. */
export interface GivenCommand {
  /** What stands after the verb. */
  argument: string;
  person: Person;
  channel: string;
  /** Unique; good for three seconds where a modal is to be opened. */
  triggerId: string;
}

/**
 * What the person alone is told: a text, or blocks; nothing; or, where it takes longer than the three seconds that Slack waits for an
 * answer, what finds the text, which is told after the command was acknowledged.
 */
export type Said = string | SaidInBlocks | undefined | (() => Promise<string>);

export interface SaidInBlocks {
  text: string;
  blocks: KnownBlock[];
}

/** A verb of `/sophia`. Each is a file of this folder, and stands in the list of `listeners/command.ts`. */
export interface SlackCommand {
  verb: string;
  /** What follows the verb, for help: "QUESTION", "[SERVICE ADDRESS]"; empty where nothing does. */
  form: string;
  /** In a few words, after "`/sophia VERB`: ". */
  meaning: string;
  adminsOnly?: true;
  /** Resolves within three seconds. */
  run(given: GivenCommand, context: ListenerContext): Promise<Said>;
}
