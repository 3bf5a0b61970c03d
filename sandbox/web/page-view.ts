import type { ChannelView, MessageView, SlackStore } from "../slack/store.ts";
import { COMPANY_NAME } from "../world/people.ts";
import type { World } from "../world/types.ts";

/** What the page is told, as one person of the world sees it. */
export interface PagePerson {
  id: string;
  handle: string;
  name: string;
  title: string;
  timeZone: string;
}

export function pageMessage(view: MessageView) {
  return {
    ts: view.ts,
    channel: view.channel,
    threadTs: view.threadTs,
    author: { id: view.author.id || view.author.name, name: view.author.name, bot: view.author.isBot },
    text: view.text,
    /** As its author would type it again, for editing. */
    typed: view.readable,
    blocks: view.blocks,
    files: view.files.map(({ name }) => name),
    streaming: view.streaming,
    stopped: view.stoppedByUser,
    edited: view.edited,
    reactions: view.reactions.map(({ name, users }) => ({ name, count: users.length })),
    ephemeral: view.ephemeralFor !== null,
  };
}

export function pageWorkspace(world: World, slack: SlackStore, viewer: PagePerson) {
  const channels = slack.channels(viewer.id);
  return {
    name: COMPANY_NAME,
    me: personOf(viewer),
    people: [...world.people, ...world.visitors.filter(({ standing }) => standing !== "deleted")].map(personOf),
    /** Who has left has a name still. */
    gone: world.visitors.filter(({ standing }) => standing === "deleted").map(({ id, name }) => ({ id, name })),
    userGroups: slack.userGroups().map(({ id, handle, name, memberIds }) => ({ id, handle, name, memberIds })),
    sophia: { id: slack.identity.userId, handle: "sophia", name: "Sophia", bot: true },
    channels: channels.filter(({ kind }) => kind !== "im").map(placeOf),
    /** Where the page opens. */
    home: (channels.find(({ name }) => name === "sales") ?? channels[0])?.id,
    /** Not for people of another company. */
    dm: channels.filter(({ kind }) => kind === "im").map(placeOf)[0],
    accounts: world.accounts.map(({ name }) => name),
    connected: slack.connected,
  };
}

function personOf({ id, handle, name, title, timeZone }: PagePerson): PagePerson {
  return { id, handle, name, title, timeZone };
}

function placeOf({ id, name, kind, topic, memberIds, sophiaIsMember }: ChannelView) {
  return { id, name, kind, topic, members: memberIds.length, withSophia: sophiaIsMember };
}

interface Prompt {
  title: string;
  message: string;
}

/** What Sophia suggests to ask in a conversation: in no thread of it. */
export function pagePrompts(slack: SlackStore, channel: string): Prompt[] {
  const own = slack.statuses().find((thread) => thread.channel === channel && thread.threadTs === "");
  const { prompts = [] } = (own?.prompts ?? {}) as { prompts?: Prompt[] };
  return prompts;
}

/** A conversation whole: what stands in it, the replies of each thread, and what goes on in the threads. */
export function pageConversation(slack: SlackStore, viewer: PagePerson, channel: string) {
  const standing = slack.messages(channel, { viewer: viewer.id });
  const replies = standing.flatMap(({ ts }) => slack.messages(channel, { viewer: viewer.id, threadTs: ts }).slice(1));
  const messages = new Map([...standing, ...replies].map((view) => [view.ts, pageMessage(view)]));
  const threads = slack.statuses().filter((thread) => thread.channel === channel);
  return {
    messages: [...messages.values()],
    prompts: pagePrompts(slack, channel),
    threads: threads
      .filter(({ threadTs }) => threadTs !== "")
      .map(({ threadTs, status, session }) => ({ threadTs, status, session })),
  };
}
