import { expect, it } from "vitest";
import { readArgument } from "../../../../src/slack/commands/whoami.ts";

const change = { service: "asana", email: "m@old.example" };

it.for([
  ["", { userId: undefined, change: undefined }],
  ["<@U07MAYA0001|maya>", { userId: "U07MAYA0001", change: undefined }],
  ["asana m@old.example", { userId: undefined, change }],
  ["Asana <mailto:M@old.example|M@old.example>", { userId: undefined, change }],
  ["<@U07MAYA0001> asana m@old.example", { userId: "U07MAYA0001", change }],
  ["asana CLEAR", { userId: undefined, change: { service: "asana", email: undefined } }],
  ["asana", undefined],
  ["toString m@old.example", undefined],
  ["asana m@old", undefined],
  ["asana <mailto:a@b.example|c@d.example> more", undefined],
  ["asana <https://a.example|m@old.example>", undefined],
  [`asana ${"m".repeat(65)}@old.example`, undefined],
] as const)("reads %j", ([argument, wanted]) => {
  expect(readArgument(argument)).toEqual(wanted);
});
