import type { z } from "zod";
import type { Clock } from "../../src/core/clock.ts";

/** Who asks, as the gateway says it; undefined when another MCP client calls the server by itself. */
export interface ToolCaller {
  email?: string | undefined;
  /** `private`: only the asker reads the answer; `channel`: others do as well. */
  audience: "private" | "channel";
  /** The conversation that is asked from, the same for all its turns; undefined where there is none. */
  threadId?: string | undefined;
}

export interface ToolContext<Client> {
  client: Client;
  clock: Clock;
  caller: ToolCaller | undefined;
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
}

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
  /** Returns the structured result; throws UserError, ForbiddenError or ServiceError. */
  run(input: z.output<Input>, context: ToolContext<Client>): Promise<z.input<Output>>;
  /**
   * Demanded of every tool that is not read-only. Reads alone, with the same checks of the arguments as `run`, so that what
   * could not be carried out is refused before a person is asked.
   */
  preview?(input: z.output<Input>, context: ToolContext<Client>): Promise<ChangePreview>;
}

/** A tool whose schemas' types are erased, as a server's list holds it. */
export type AnyTool<Client> = Omit<ToolSpec<Client, z.ZodObject, z.ZodObject>, "run" | "preview"> & {
  run(input: never, context: ToolContext<Client>): Promise<Record<string, unknown>>;
  preview?(input: never, context: ToolContext<Client>): Promise<ChangePreview>;
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
}
