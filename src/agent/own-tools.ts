import { matchesAny } from "../core/patterns.ts";
import { drawChartTool } from "./draw-chart.ts";
import { readMoreTool } from "./excerpt.ts";
import type { Files, ToolDefinition } from "./ports.ts";
import { readFileTool } from "./read-file.ts";
import { readForwardedTool } from "./read-forwarded.ts";
import type { Role } from "./roles.ts";

/** The tools that the loop itself answers: reading on, and reading what came with a question, is every role's, the others are for those whose list names them. */
export function ownTools(role: Role, files: Files | undefined): ToolDefinition[] {
  const ofEveryRole = [readMoreTool, readForwardedTool, ...(files ? [readFileTool] : [])];
  return [...ofEveryRole, ...[drawChartTool].filter(({ name }) => matchesAny(role.tools, name))];
}
