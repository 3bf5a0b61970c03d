/** MCP as the rest of the house sees it; only this folder's client.ts and server.ts know the SDK. */

export interface ToolAnnotations {
  title?: string | undefined;
  readOnlyHint?: boolean | undefined;
  destructiveHint?: boolean | undefined;
  idempotentHint?: boolean | undefined;
  openWorldHint?: boolean | undefined;
}

export interface McpTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  outputSchema?: Record<string, unknown> | undefined;
  annotations?: ToolAnnotations | undefined;
  _meta?: Record<string, unknown> | undefined;
}

export interface McpToolResult {
  content: Record<string, unknown>[];
  structuredContent?: Record<string, unknown> | undefined;
  isError?: boolean | undefined;
  _meta?: Record<string, unknown> | undefined;
}

export interface CallOptions {
  meta?: Record<string, unknown> | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds without any answer or progress after which the call is cancelled. */
  timeoutMs: number;
  onProgress?: ((progress: { progress: number; total?: number; message?: string }) => void) | undefined;
}

export interface McpClient {
  /** All pages. */
  listTools(): Promise<McpTool[]>;
  callTool(name: string, args: Record<string, unknown>, options: CallOptions): Promise<McpToolResult>;
  onToolsChanged(listener: () => void): void;
  onClosed(listener: () => void): void;
  close(): Promise<void>;
}

/** `_meta` keys of ours (reverse DNS, as MCP asks). */
export const CALLER_META = "dev.sophia/caller";
export const PROGRESS_META = "dev.sophia/progress";
