import { usualRole } from "../../core/usual-role.ts";
import { splitDigest } from "../../workflows/digests/digest-words.ts";
import { templateOf } from "../../workflows/digests/templates.ts";
import { type DigestForm, renderDigestModal } from "../digests/modal.ts";
import { digestsSeenBy } from "../digests/seen.ts";
import { type ListenerContext, readText } from "../listeners/context.ts";
import { command } from "../surface.ts";
import { refuseRole } from "./role-gate.ts";
import type { GivenCommand, Said, SlackCommand } from "./slack-command.ts";

export const digest: SlackCommand = {
  verb: "digest",
  form: "[WHEN WHAT | list]",
  meaning:
    "posts something again and again, such as `weekdays at 8:30 yesterday's calls`; `list` shows what is posted here, and your own",
  run: async (given, context) => {
    if (/^list$/i.test(given.argument.trim())) return digestsSeenBy(given.person, given.channel, context);
    return openForm(given, context);
  },
};

async function openForm(given: GivenCommand, context: ListenerContext): Promise<Said> {
  const { argument, person, channel, triggerId } = given;
  const refused = refuseRole({ person, role: usualRole, tool: `${command} digest` }, context);
  if (refused !== undefined) return refused;
  const asked = { zone: person.timeZone, now: context.clock.now() };
  const { said, what } = splitDigest(await readText(argument, context), asked);
  const template = templateOf(what);
  const form: DigestForm = {
    id: context.newId("digest"),
    isNew: true,
    openedIn: channel,
    ...(what === "" ? {} : { what: template ? { template: template.name } : { words: what } }),
    place: { kind: channel.startsWith("D") ? "own" : "here" },
    said,
    zone: person.timeZone,
    allowsWrites: false,
  };
  const outcome = await context.client.try("views.open", { trigger_id: triggerId, view: renderDigestModal(form) });
  if (outcome.kind === "ok") return undefined;
  context.logger.warn({ outcome: outcome.kind }, "a form could not be opened");
  return "Slack did not open the form. Please say it again.";
}
