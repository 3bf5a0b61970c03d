import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { Sandbox } from "../../sandbox/start.ts";
import { launchChromium, openPage } from "./chromium.ts";

interface Opened {
  sandbox: Pick<Sandbox, "pageUrl">;
  close(): Promise<void>;
}

/** What a test of the page works with; both are there from the hooks on. */
export interface Pages<House> {
  readonly house: House;
  /** In #sales, and new for each test. */
  readonly page: Page;
}

/** For a suite: a house, a browser, and a page for each test, `begin` before it. What goes wrong in a page fails its test. */
export function usePages<House extends Opened>(
  open: () => Promise<House>,
  begin: (house: House) => void = () => undefined,
): Pages<House> {
  let house: House | undefined;
  let browser: Browser | undefined;
  let page: Page | undefined;
  const problems: string[] = [];
  const there = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("used before the suite's hooks have run");
    return part;
  };
  beforeAll(async () => {
    [house, browser] = await Promise.all([open(), launchChromium()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  beforeEach(async () => {
    begin(there(house));
    problems.length = 0;
    page = await openPage(there(browser), there(house).sandbox.pageUrl, problems);
  });
  afterEach(async () => {
    await page?.close();
    expect(problems).toEqual([]);
  });
  return {
    get house() {
      return there(house);
    },
    get page() {
      return there(page);
    },
  };
}
