import type { z } from "zod";
import type { Clock } from "../../src/core/clock.ts";

/** Who asks, as the gateway says it; undefined when another MCP client calls the server by itself. */
export interface ToolCaller {
  email?: string | undefined;
  /** `private`: only the asker reads the answer; `channel`: others do as well. */
  audience: "private" | "channel";
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

/** A tool is plain data and one handler. The file's name is the tool's name. */
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
}

/** A tool whose schemas' types are erased, as a server's list holds it. */
export type AnyTool<Client> = Omit<ToolSpec<Client, z.ZodObject, z.ZodObject>, "run"> & {
  run(input: never, context: ToolContext<Client>): Promise<Record<string, unknown>>;
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
  client: Client;
}
