import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { exchange } from "../../src/core/http.ts";
import { createKeepAliveFetch } from "../../src/core/keep-alive-fetch.ts";

it("does not read an answer without end, and does not ask for it again", async () => {
  const part = "a".repeat(1024 * 1024);
  let sent = 0;
  const server = createServer((_, response) => {
    const write = (): void => {
      while (!response.destroyed && response.write(part)) sent++;
      if (!response.destroyed) response.once("drain", write);
    };
    write();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await expect(exchange("Gong", { url, timeoutMs: 10_000 }, createKeepAliveFetch())).rejects.toMatchObject({
      name: "ServiceError",
      message: "Gong answered with more than can be read. Ask for less at once.",
      retryable: false,
    });
    expect(sent).toBeLessThan(100);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
