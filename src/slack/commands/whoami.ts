import type { Correction, CorrectionVerdict } from "../../accounts/corrections.ts";
import { findPersonalService, type PersonalService, personalServices } from "../../accounts/services.ts";
import type { ServiceAccount } from "../../accounts/who-is-who.ts";
import { isAdmin } from "../admission.ts";
import { type ListenerContext, recordRefusal } from "../listeners/context.ts";
import { escapeText } from "../message-text.ts";
import type { Person } from "../people.ts";
import { rolesFor } from "../roles.ts";
import { command } from "../surface.ts";
import type { GivenCommand, SlackCommand } from "./slack-command.ts";

export const whoami: SlackCommand = {
  verb: "whoami",
  form: "[SERVICE ADDRESS|clear]",
  meaning: "shows who you are to the services, and corrects by which address one of them knows you",
  run: async (given, context) => {
    const wanted = readArgument(given.argument);
    if (wanted === undefined) return usage;
    const subject = wanted.userId === undefined ? given.person : await context.people.find(wanted.userId);
    const isOther = subject.userId !== given.person.userId;
    if (isOther && !isAdmin(given.person, context)) {
      recordRefusal({ tool: `${command} whoami`, reason: "admins_only", userId: given.person.userId }, context);
      return "Only an admin can do that for others. Ask whoever runs me.";
    }
    if (isOther && subject.standing === "unknown") return "Slack does not tell me just now who that is. Try again.";
    const { change } = wanted;
    return change ? () => correct(change, subject, given, context) : () => show(subject, given, context);
  },
};

const services = Object.keys(personalServices) as PersonalService[];
const usage =
  `Say \`${command} whoami\` to see who you are, \`${command} whoami SERVICE ADDRESS\` to correct by which e-mail address a ` +
  `service knows you, and \`${command} whoami SERVICE clear\` to take that back. Services: ${services.join(", ")}.`;

interface Wanted {
  /** The mentioned person; undefined: whoever asks. */
  userId: string | undefined;
  change: Pick<Correction, "service" | "email"> | undefined;
}

/** Undefined where it is none of the forms. */
export function readArgument(argument: string): Wanted | undefined {
  const words = argument.split(/\s+/).filter(Boolean);
  const userId = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(words[0] ?? "")?.[1];
  const [name, value, ...more] = userId === undefined ? words : words.slice(1);
  if (name === undefined) return { userId, change: undefined };
  const service = findPersonalService(name);
  if (!service || value === undefined || more.length > 0) return undefined;
  const email = value.toLowerCase() === "clear" ? undefined : readAddress(value);
  return email === "" ? undefined : { userId, change: { service, email } };
}

/** As typed, or as Slack links it: `<mailto:a@b.com|a@b.com>`. Empty where it is no address. */
function readAddress(word: string): string {
  const address = /^<mailto:([^|>]+)(?:\|[^>]*)?>$/.exec(word)?.[1] ?? word;
  return /^[^\s@<>|&]{1,64}@[^\s@<>|&]{1,180}\.[^\s@<>|&.]{2,}$/.test(address) ? address.toLowerCase() : "";
}

async function correct(
  change: Pick<Correction, "service" | "email">,
  subject: Person,
  { person }: GivenCommand,
  context: ListenerContext,
): Promise<string> {
  const of = { teamId: context.workspace.teamId, userId: subject.userId };
  const by = { userId: person.userId, isAdmin: isAdmin(person, context) };
  const verdict = await context.accounts.corrections.correct({ of, by, ...change });
  context.logger.info({ userId: of.userId, by: by.userId, service: change.service, verdict }, "identity corrected");
  return wordsFor[verdict](personalServices[change.service], change.email ?? "");
}

const wordsFor: Record<CorrectionVerdict, (service: string, email: string) => string> = {
  set: (service, email) => `${service} is asked for ${email} from now on.`,
  cleared: (service) => `${service} is asked for the address of the Slack profile again.`,
  nothing_set: (service) => `Nothing was set for ${service}: it is asked for the address of the Slack profile.`,
  admins_only: (service) =>
    `What ${service} shows hangs on that address, so only an admin can set it. Ask whoever runs me.`,
  taken: (_, email) => `${email} belongs to somebody else here. If it is yours after all, ask an admin to set it.`,
  unsure: () => "Slack does not tell me just now whether that address is somebody else's. Try again in a minute.",
};

async function show(subject: Person, { person }: GivenCommand, context: ListenerContext): Promise<string> {
  const lines = await identityLines(subject, person, context);
  return [...lines, `\`${command} whoami SERVICE ADDRESS\` corrects an address.`].join("\n");
}

/** Who somebody is: in Slack, to Sophia and in each service that is offered. `person` asks. */
export async function identityLines(subject: Person, person: Person, context: ListenerContext): Promise<string[]> {
  const { accounts, roles, workspace } = context;
  const { teamId } = workspace;
  const key = { teamId, userId: subject.userId };
  const [identities, connected] = await Promise.all([
    accounts.identities.of(key),
    accounts.personal.access.connected(key),
  ]);
  const asker = { ...person, teamId };
  const offered = services.filter((service) => isOffered(service, context));
  const lines = offered.map(async (service) => {
    const email = identities[service] ?? subject.email;
    const account = email === undefined ? undefined : await accounts.whoIsWho.find(service, email, asker);
    const whose = subject === person ? "you" : "them";
    const note = connected.includes(service) ? `; I act there as ${whose}` : "";
    return `• ${personalServices[service]}: ${inService(account, email, service)}${note}`;
  });
  const groups = subject.groups.filter((group) => group.startsWith("@"));
  return [
    `*${escapeText(subject.name)}*, ${subject.email ?? "whose e-mail address Slack does not tell me"}`,
    `Groups: ${groups.map(escapeText).join(", ") || "none"}`,
    `Roles: ${rolesFor(subject, roles).join(", ") || "none"}`,
    ...(await Promise.all(lines)),
  ];
}

function isOffered(service: PersonalService, { services: all }: ListenerContext): boolean {
  return all().some(({ name, offered }) => offered && name === personalServices[service]);
}

function inService(account: ServiceAccount | undefined, email: string | undefined, service: PersonalService): string {
  if (!account || email === undefined) return "not known, since I have no e-mail address to ask for";
  if (account.state === "found") return `${escapeText(account.name)} (${email})`;
  if (account.state === "unknown") return `could not be asked just now (for ${email})`;
  return `nobody there has the address ${email}; \`${command} whoami ${service} ADDRESS\` says the right one`;
}
