import { describe, expect, it } from "vitest";
import { asCopied, unlinked } from "../../../src/core/unlinked.ts";

/** Of what Slack makes links in marked-up text: what has a scheme, and names of hosts, with and without a mailbox. */
const linkable = /[a-z]:[/\\]|(?:mailto|tel):\S|[^\s.]\.\p{L}/iu;

describe("others' words", () => {
  it.each([
    ["https://evil.example/login now", "https: //evil.\u200Bexample/login now"],
    ["HTTP://10.0.0.1/a", "HTTP: //10.0.0.1/a"],
    ["see www.evil.example, or evil.example/x", "see www.\u200Bevil.\u200Bexample, or evil.\u200Bexample/x"],
    ["slack://open https:\\\\evil", "slack: //open https: \\\\evil"],
    ["mailto:me@evil.example", "mailto: me@evil.\u200Bexample"],
    ["tel:+4930123", "tel: +4930123"],
    ["bücher.пример 例え。テスト", "bücher.\u200Bпример 例え。\u200Bテスト"],
    ["https://a.co/(https://evil.example", "https: //a.\u200Bco/(https: //evil.\u200Bexample"],
  ])("hold nothing that Slack would link: %s", (given, expected) => {
    expect(unlinked(given)).toBe(expected);
    expect(unlinked(given)).not.toMatch(linkable);
  });

  it("are what they were where somebody copies them", () => {
    expect(asCopied(unlinked("project: Acme.com rollout"))).toBe("project: Acme.com rollout");
  });

  it("stay as they are otherwise", () => {
    const words = "Deals: at risk, $1.5M by 8:30 (50/50)... and/or more. See @maya; re: Acme";
    expect(unlinked(words)).toBe(words);
  });

  it("take time in proportion to their length", () => {
    for (const part of ["http:", "mailto:", "a.", "://"]) {
      const begun = performance.now();
      unlinked(part.repeat(100_000));
      expect(performance.now() - begun).toBeLessThan(1_000);
    }
  });
});
