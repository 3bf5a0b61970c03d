import type { z } from "zod";
import type { Clock } from "../../src/core/clock.ts";

/** Who asks, as the gateway says it; undefined when another MCP client calls the server by itself. */
export interface ToolCaller {
  email?: string | undefined;
  /** `private`: only the asker reads the answer; `channel`: others do as well. */
  audience: "private" | "channel";
  /** The conversation that is asked from, the same for all its turns; undefined where there is none. */
  threadId?: string | undefined;
  /**
   * What others wrote has been read in this conversation, and may try to give orders: what is sent goes to no one but this
   * channel, the asker, and whom the asker's own words name. Undefined where nothing was read.
   */
  confinedTo?: { channel: string; userId: string; question: string } | undefined;
}

/** What a person gave Sophia to act as them at the service. */
export interface Credential {
  accessToken: string;
}

export interface ToolContext<Client> {
  client: Client;
  clock: Clock;
  caller: ToolCaller | undefined;
  /** The ledger's id of the write that this call makes, to be left at the vendor where it can; undefined where there is no ledger. */
  writeId?: string | undefined;
  /** Aborted when the caller cancels or the deadline passes. */
  signal: AbortSignal;
}

/** All four hints are stated: a client decides by them whether to ask a person. */
export interface RequiredAnnotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  openWorldHint: boolean;
}

/** What a write would do, for the person who decides on it: each field as it stands now and as it would stand. */
export interface ChangePreview {
  /** One line: "Create a deal for Acme", "Change the deal Acme: Flexible Rent rollout". */
  summary: string;
  /** The record that changes, in the vendor's own pages; absent where it does not exist yet. */
  record?: { name: string; url?: string | undefined } | undefined;
  /** In the order in which a person reads them; null where there is nothing. Names resolved, amounts with their currency. */
  changes: { field: string; before: string | null; after: string | null }[];
  /** The most money that the record stands for, before or after, in its own currency: by it the configuration asks others. */
  amount?: number | undefined;
}

/** A write whose answer was lost. */
export interface SentWrite {
  /** As the call had it in `writeId`. */
  id: string;
  sentAt: Date;
}

/** `not_done`: it was certainly not carried out so far, and nothing of it is on its way any more that could be seen. */
export type LookUp<Output> =
  | { state: "done"; output: Output }
  | { state: "not_done" }
  /**
   * `reason`: a whole sentence for a person, with where to look. `retryable`: the vendor could only not be asked just now, and may
   * tell later.
   */
  | { state: "unknown"; reason: string; retryable?: boolean | undefined };

/** A tool is plain data and one handler, and for a write a second one that says what it would change. The file's name is the tool's name. */
export interface ToolSpec<Client, Input extends z.ZodObject, Output extends z.ZodObject> {
  name: string;
  title: string;
  description: string;
  /** Closed: unknown arguments are refused with the nearest known name. */
  input: Input;
  output: Output;
  annotations: RequiredAnnotations;
  /** What a person reads while it runs; `{count}` is the number of like calls in one step: "Reading {count} calls in Gong". */
  progress: { one: string; many: string };
  /** Returns the structured result; throws UserError, ForbiddenError, PrivateError or ServiceError. */
  run(input: z.output<Input>, context: ToolContext<Client>): Promise<z.input<Output>>;
  /**
   * Demanded of every tool that is not read-only. Reads alone, with the same checks of the arguments as `run`, so that what
   * could not be carried out is refused before a person is asked.
   */
  preview?(input: z.output<Input>, context: ToolContext<Client>): Promise<ChangePreview>;
  /**
   * Demanded of every tool that is not read-only. Reads alone: was this write, whose answer was lost, carried out? It is sent
   * again only where the answer is `not_done`.
   */
  lookUp?(input: z.output<Input>, write: SentWrite, context: ToolContext<Client>): Promise<LookUp<z.input<Output>>>;
}

/** A tool whose schemas' types are erased, as a server's list holds it. */
export type AnyTool<Client> = Omit<ToolSpec<Client, z.ZodObject, z.ZodObject>, "run" | "preview" | "lookUp"> & {
  run(input: never, context: ToolContext<Client>): Promise<Record<string, unknown>>;
  preview?(input: never, context: ToolContext<Client>): Promise<ChangePreview>;
  lookUp?(input: never, write: SentWrite, context: ToolContext<Client>): Promise<LookUp<Record<string, unknown>>>;
};

export function defineTool<Client>() {
  return <Input extends z.ZodObject, Output extends z.ZodObject>(
    spec: ToolSpec<Client, Input, Output>,
  ): AnyTool<Client> => spec;
}

/** One MCP server of ours: what `serve` puts on stdio, HTTP or an in-process link. */
export interface ServerDefinition<Client> {
  /** The upstream's name and the prefix of its tools on the gateway: `gong`. */
  name: string;
  /** As a person says it: "Gong". */
  title: string;
  version: string;
  instructions: string;
  tools: readonly AnyTool<Client>[];
  /** Offers only the tools that read: whoever installs it wants nothing changed through it. */
  readOnly?: boolean | undefined;
  client: Client;
  /**
   * Each field `url` that an output declares is the service's own page of a record, which nobody but the service or this server
   * fills: answers may link to it. Not to be said where a person or another system writes such a field.
   */
  ownLinks?: true | undefined;
  /**
   * The client for calls that are made as a person, with what they gave Sophia for it. It shares with others no cache of what an
   * account may see. Undefined where the service has no such thing.
   */
  clientFor?: ((credential: Credential) => Client) | undefined;
}
