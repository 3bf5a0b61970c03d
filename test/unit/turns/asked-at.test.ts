import { expect, it } from "vitest";
import { askedAt } from "../../../src/turns/asked-at.ts";

const now = Date.parse("2026-11-21T05:02:00Z");
const createdAt = new Date("2026-11-21T04:59:00Z");

it.each([
  ["of its message", "1795237080.000100", createdAt, "2026-11-21T04:58:00.000Z"],
  ["of its message, however old", "1795150680.999900", createdAt, "2026-11-20T04:58:00.999Z"],
  ["of its storing, for a command", undefined, createdAt, "2026-11-21T04:59:00.000Z"],
  ["of its storing, where the message has no time", "soon", createdAt, "2026-11-21T04:59:00.000Z"],
  ["of its storing, where the message's time is no instant", "1.000100", createdAt, "2026-11-21T04:59:00.000Z"],
  ["of its storing, where the message is still to come", "1795237999.000100", createdAt, "2026-11-21T04:59:00.000Z"],
  ["now, where the storing is still to come", undefined, new Date(now + 1), "2026-11-21T05:02:00.000Z"],
])("a question's time is that %s", (_, messageTs, stored, instant) => {
  expect(new Date(askedAt({ messageTs, createdAt: stored }, now)).toISOString()).toBe(instant);
});
