/** Makes docs/demo.png, the README's picture: the demo's page with a question and its answer, in Chromium. */
import { chromium } from "playwright-core";
import { startSandbox } from "../sandbox/start.ts";
import { openDemoHouse } from "../src/commands/demo-house.ts";
import { createLogger } from "../src/observability/log.ts";

const sandbox = await startSandbox({ now: Date.parse("2026-11-18T14:12:00Z") });
const house = await openDemoHouse({
  sandbox,
  env: {},
  logger: createLogger({ level: "warn", destination: 2 }),
  gatewayPort: 0,
});
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
  ],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(sandbox.pageUrl);
const { store } = sandbox.slack;
const { ts } = store.send({ user: "maya", channel: "sales", text: "@sophia summarize yesterday's calls" });
await store.waitFor(
  () => store.messages("sales", { threadTs: ts }).some((m) => m.author.isBot && !m.streaming),
  60_000,
);
await page.getByText("1 reply").click();
await page.getByText("Looking up calls in Gong").scrollIntoViewIfNeeded();
await page.screenshot({ path: "docs/demo.png" });
await browser.close();
await house.close();
await sandbox.close();
