import { describe, expect, it } from "vitest";
import { createSecrets } from "../../../src/core/secrets.ts";
import { createRemoveSecrets } from "../../../src/gateway/interceptors/remove-secrets.ts";
import { withoutSecrets } from "../../../src/gateway/secret-free-session.ts";
import type { ToolCall } from "../../../src/gateway/tool-call.ts";
import type { Peer, RequestContext } from "../../../src/mcp/server.ts";
import { ProtocolError } from "../../../src/mcp/types.ts";

const secret = "pat-na1-0123456789abcdef";
const removed = "[secret removed]";
const secrets = createSecrets([secret]);

describe("a server's answer", () => {
  it("loses secrets of the process, and the credential of whoever asks", async () => {
    const call: ToolCall = {
      identity: { client: "sophia" },
      name: "hubspot__get_deal",
      arguments: {},
      meta: {},
      signal: new AbortController().signal,
      onProgress: undefined,
      ownConnection: () => Promise.reject(new Error("has none")),
      credential: { accessToken: "token-of-maya-0815" },
    };
    const answer = async () => ({
      content: [{ type: "text", text: `${secret} or token-of-maya-0815` }],
      structuredContent: { note: secret },
      isError: true,
    });
    expect(await createRemoveSecrets(secrets)(call, answer)).toEqual({
      content: [{ type: "text", text: `${removed} or ${removed}` }],
      structuredContent: { note: removed },
      isError: true,
    });
  });
});

describe("a session", () => {
  const sent: unknown[] = [];
  const sender = {
    notify: (...said: unknown[]) => void sent.push(said),
    request: async (...asked: unknown[]) => {
      sent.push(asked);
      return { text: secret };
    },
  };
  const peer: Peer = { ...sender, capabilities: () => ({}) };
  const context: RequestContext = { ...sender, signal: new AbortController().signal, meta: {} };

  it("passes none either way, in answers, errors, notifications and what a server asks back", async () => {
    const got: unknown[] = [];
    const session = withoutSecrets(
      (clean) => ({
        handle: async (method, params, during) => {
          got.push(params);
          if (method === "fail") throw new ProtocolError(-32_000, `not ${secret}`, { why: secret });
          clean.notify("notifications/message", { data: secret });
          during.notify("notifications/progress", { message: secret });
          got.push(await during.request("sampling/createMessage", { text: secret }, { ...context, timeoutMs: 1 }));
          return { text: secret };
        },
      }),
      peer,
      secrets,
    );
    expect(await session.handle("ask", { text: secret }, context)).toEqual({ text: removed });
    await expect(session.handle("fail", {}, context)).rejects.toMatchObject({
      code: -32_000,
      message: `not ${removed}`,
      data: { why: removed },
    });
    expect(got).toEqual([{ text: removed }, { text: removed }, {}]);
    expect(sent).toHaveLength(3);
    expect(JSON.stringify(sent)).not.toContain(secret);
  });
});
