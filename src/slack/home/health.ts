import type { Service } from "../listeners/context.ts";
import { escapeText } from "../message-text.ts";

/** How a service fares, in a line; why, since when and what to do about it is for whoever runs Sophia. */
export function healthLine({ name, offered, reason, health }: Service, isForAdmin: boolean): string {
  const line = (mark: string, words: string): string => `${mark} *${escapeText(name)}*: ${words}`;
  if (!offered) {
    const why =
      reason === undefined ? "" : `: ${code(reason)}. Set it and start me again; \`npm run doctor\` checks it`;
    return line("⚪", isForAdmin ? `not set up${why}` : "not set up");
  }
  if (health && !health.isConnected) {
    const why = `, since ${moment(health.since)}${health.reason === undefined ? "" : `: ${code(health.reason)}`}`;
    return line("🔴", isForAdmin ? `cannot be reached${why}. I keep trying; ${checks}` : "cannot be reached");
  }
  if (health?.failing) {
    const { calls, since } = health.failing;
    const what = calls === 1 ? "the last call failed" : `the last ${calls} calls failed`;
    const words = isForAdmin ? `${what}, since ${moment(since)}. See the service's own status page; ${checks}` : what;
    return line("🟡", words);
  }
  return line("🟢", "works");
}

const checks = "`npm run doctor` checks key and address";

/** As Slack shows it in each reader's own zone. */
export function moment(iso: string | Date): string {
  const at = new Date(iso);
  const fallback = at.toISOString().slice(0, 16).replace("T", " ");
  return `<!date^${Math.floor(at.getTime() / 1_000)}^{date_short_pretty} {time}|${fallback} UTC>`;
}

/** What a server said, as words that are neither link nor mention. */
function code(words: string): string {
  return `\`${escapeText(words.replaceAll("`", "'").replaceAll(/\s+/g, " ")).slice(0, 200)}\``;
}
