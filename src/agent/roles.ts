import { matchesAny } from "../core/patterns.ts";
import type { ToolDefinition } from "./ports.ts";

/** A role is data: what is added to the prompt, and which tools it may use. */
export interface Role {
  name: string;
  description: string;
  /** Added to Sophia's own instructions. */
  prompt?: string | undefined;
  /** Names of allowed tools on the gateway; `*` stands for any characters. */
  tools: readonly string[];
}

export const builtinRoles: readonly Role[] = [
  {
    name: "sophia",
    description: "Answers whatever a sales team asks, with all the tools that are connected.",
    tools: ["*"],
  },
];

export function allowedTools(role: Role, tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  return role.tools.includes("*") ? tools : tools.filter((tool) => matchesAny(role.tools, tool.name));
}
