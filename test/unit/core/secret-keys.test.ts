import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { malformed } from "../../../src/config/settings.ts";
import { readSecretKeys } from "../../../src/core/secret-keys.ts";

const [first, second] = [randomBytes(32), randomBytes(32)];

it.for([
  [first.toString("base64"), [first]],
  [first.toString("base64url"), [first]],
  [first.toString("hex").toUpperCase(), [first]],
  [` ${first.toString("hex")} , ${second.toString("base64")} `, [first, second]],
] as const)("reads %s", ([text, keys]) => {
  expect(readSecretKeys(text)).toEqual(keys);
  expect(malformed({ SOPHIA_SECRET_KEY: text })).toEqual([]);
});

it.for([
  randomBytes(31).toString("base64"),
  randomBytes(33).toString("hex"),
  "a passphrase that is long enough to look right",
  `${first.toString("hex")},`,
  `${first.toString("hex")},short`,
])("takes nothing that is no key, and says what one is without quoting it: %s", (text) => {
  expect(readSecretKeys(text)).toBeUndefined();
  const [problem = "", ...more] = malformed({ SOPHIA_SECRET_KEY: text });
  expect(more).toEqual([]);
  expect(problem).toMatch(/^SOPHIA_SECRET_KEY is not a key of 32 bytes in base64 or hex/);
  expect(problem).not.toContain(text);
});
