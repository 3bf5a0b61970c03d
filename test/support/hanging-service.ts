import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A service that takes requests and never answers: what is asked of it ends when whoever asked gives up. */
export interface HangingService {
  url: string;
  /** Requests that wait for an answer. */
  open: number;
  /** Requests so far, those that were given up included. */
  seen: string[];
  close(): Promise<void>;
}

export async function startHangingService(): Promise<HangingService> {
  const service = { open: 0, seen: [] as string[] };
  const server = createServer((request: IncomingMessage, response) => {
    service.seen.push(`${request.method} ${request.url}`);
    service.open += 1;
    response.once("close", () => {
      service.open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(service, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
