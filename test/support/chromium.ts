import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = CANDIDATES.find((path) => existsSync(path));
const ARGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage";

/** Whether there is a browser to test in. */
export const hasChromium = executablePath !== undefined;
/** For the name of a suite that is skipped. */
export const chromiumNotice = hasChromium ? "" : ` (NOT RUN: no Chromium at ${CANDIDATES.join(", ")})`;

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: executablePath ?? "", args: ARGS.split(" ") });

/** The page in #sales; what goes wrong in it is put into `problems`. */
export async function openPage(browser: Browser, url: string, problems: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(5_000);
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  // A machine whose network changes meanwhile (a container starts) cuts even what comes from itself.
  const cut: string[] = [];
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText === "net::ERR_NETWORK_CHANGED") cut.push(request.url());
  });
  do {
    cut.length = problems.length = 0;
    await page.goto(url);
  } while (cut.length > 0);
  await page.getByRole("heading", { name: "sales", exact: true }).waitFor();
  return page;
}

/** What can be pressed or filled in and has no name. */
export const namelessControls = `[...document.querySelectorAll("button, input, select, textarea, summary, a[href]")]
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
  .map((one) => one.outerHTML)`;

/** Panes, of those that are shown, that lie upon each other or are wider than the window. */
export const overlaps = `(() => {
  const panes = [...document.querySelectorAll("#sidebar, #channel, #thread, #outside, #controls")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one) => ({ id: one.id, box: one.getBoundingClientRect() }))
    .sort((a, b) => a.box.left - b.box.left);
  const upon = panes.filter(({ box }, index) => index > 0 && box.left < panes[index - 1].box.right - 1);
  const wide = [...document.querySelectorAll("#sidebar, .pane, .panel, .messages, .panel-scroll, .tabs")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.scrollWidth > one.clientWidth + 1);
  const whole = document.documentElement.scrollWidth > window.innerWidth ? ["the page"] : [];
  return [...upon.map(({ id }) => id), ...wide.map((one) => one.id || one.className), ...whole];
})()`;
