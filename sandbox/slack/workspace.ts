import { randomBytes } from "node:crypto";
import type { SandboxClock } from "../stand-in.ts";
import type { World } from "../world/types.ts";
import type { Changes } from "./changes.ts";
import { encodeText } from "./mrkdwn.ts";
import type { Conversation, Identity, Message, Standing, User, UserGroup } from "./types.ts";

/** What Slack shows of the world. */
export type SlackWorld = Pick<World, "createdAt" | "people" | "channels"> &
  Partial<Pick<World, "visitors" | "userGroups">>;

export const IDENTITY: Identity = {
  userId: "U0S0PH1AB0T",
  botId: "B0S0PH1AB0T",
  appId: "A0S0PH1AAPP",
  teamId: "T0SANDB0X01",
};

/** Where the people of another company have their home. */
export const OTHER_TEAM_ID = "T0ACMELIV01";

/** Public channels that Sophia is not in, so that `not_in_channel` is met; private ones she is in only if listed there. */
const WITHOUT_SOPHIA = new Set(["deal-desk", "random"]);

/** The people, channels and messages of the workspace. Lookups are by map; nothing here copies the store. */
export class Workspace {
  readonly identity = IDENTITY;
  readonly domain: string;
  readonly users = new Map<string, User>();
  readonly conversations = new Map<string, Conversation>();
  /** By id. */
  readonly userGroups = new Map<string, UserGroup>();
  readonly changes: Changes;
  readonly #clock: SandboxClock;
  readonly #run = randomBytes(4).toString("hex").toUpperCase();
  /** So that two runs that begin at the same instant of the sandbox's clock give out different `ts`. */
  readonly #jitter = randomBytes(2).readUInt16LE() % 1000;
  readonly #byHandle = new Map<string, string>();
  readonly #byChannelName = new Map<string, string>();
  readonly #clientMessages = new Map<string, Message>();
  readonly #world: SlackWorld;
  #counter = 0;
  /** No `ts` is at or before this one, in microseconds: an app may remember messages from before a reset. */
  #floor = 0;

  constructor(world: SlackWorld, clock: SandboxClock, changes: Changes) {
    this.#world = world;
    this.#clock = clock;
    this.changes = changes;
    this.domain = world.people[0]?.email.split("@")[1]?.split(".")[0] ?? "sandbox";
    this.#fill(world);
  }

  /** Back to the world's people and channels, without any message. */
  reset(): void {
    for (const conversation of this.conversations.values()) {
      this.#floor = Math.max(this.#floor, conversation.lastTs);
      for (const message of conversation.byTs.values()) clearTimeout(message.stream?.lifetime);
    }
    for (const index of [this.users, this.conversations, this.userGroups]) index.clear();
    for (const index of [this.#byHandle, this.#byChannelName, this.#clientMessages]) index.clear();
    this.#fill(this.#world);
  }

  #fill(world: SlackWorld): void {
    for (const { isSlackAdmin: isAdmin, ...person } of world.people) this.#addUser({ ...person, isAdmin });
    for (const visitor of world.visitors ?? []) this.#addUser({ ...visitor, standing: STANDINGS[visitor.standing] });
    for (const group of [...(world.userGroups ?? []), ...teamGroups(world.people)])
      this.userGroups.set(group.id, group);
    this.#addUser({ ...SOPHIA, id: this.identity.userId, botId: this.identity.botId, appId: this.identity.appId });
    const createdAt = Date.parse(world.createdAt);
    for (const channel of world.channels) {
      const members = new Set(channel.memberIds);
      if (!channel.isPrivate && !WITHOUT_SOPHIA.has(channel.name)) members.add(this.identity.userId);
      const kind = channel.isPrivate ? "private" : "public";
      const { id, name, topic, isExternallyShared } = channel;
      this.#addConversation({ id, name, topic, kind, createdAt, members, isExternallyShared });
    }
  }

  now(): number {
    return this.#clock.now();
  }

  /** A new unique id such as `Ev0A1B2C3D0001`. */
  newId(prefix: string): string {
    this.#counter += 1;
    return `${prefix}${this.#run}${this.#counter.toString(36).toUpperCase().padStart(5, "0")}`;
  }

  /** The next `ts` of a conversation: strictly later than every one before, even where the clock was set back. */
  nextTs(conversation: Conversation): string {
    conversation.lastTs = Math.max(this.now() * 1000 + this.#jitter, conversation.lastTs + 1);
    return formatTs(conversation.lastTs);
  }

  eventTs(): string {
    return formatTs(this.now() * 1000 + (this.#counter % 1000));
  }

  /** The workspace that is somebody's home. */
  teamOf(user: User | undefined): string {
    return user?.standing === "external" ? OTHER_TEAM_ID : this.identity.teamId;
  }

  isMember(conversation: Conversation): boolean {
    return conversation.members.has(this.identity.userId);
  }

  /** A user by id, handle, name or e-mail; a leading `@` is allowed. Throws for the sandbox's own callers. */
  person(reference: string): User {
    const user = this.findUser(reference);
    if (!user) throw new Error(`Nobody called "${reference}" is in this workspace`);
    return user;
  }

  findUser(reference: string): User | undefined {
    const key = reference.replace(/^@/, "");
    return this.users.get(key) ?? this.users.get(this.#byHandle.get(key.toLowerCase()) ?? "");
  }

  /** A conversation by id or name; `dm` or `@sophia` is the viewer's own with Sophia. Throws where there is none. */
  place(reference: string, viewer?: User): Conversation {
    if (reference === "dm" || reference.toLowerCase() === "@sophia") {
      if (!viewer) throw new Error(`"${reference}" needs a person: whose DM is it?`);
      return this.openDm(viewer);
    }
    const conversation = this.findConversation(reference);
    if (!conversation) throw new Error(`There is no channel "${reference}" in this workspace`);
    return conversation;
  }

  findConversation(reference: string): Conversation | undefined {
    const key = reference.replace(/^#/, "");
    return this.conversations.get(key) ?? this.conversations.get(this.#byChannelName.get(key) ?? "");
  }

  findDm(user: User): Conversation | undefined {
    return this.conversations.get(`D${user.id.slice(1)}`);
  }

  openDm(user: User): Conversation {
    const existing = this.findDm(user);
    if (existing) return existing;
    const members = new Set([user.id, this.identity.userId]);
    const createdAt = this.now();
    const id = `D${user.id.slice(1)}`;
    return this.#addConversation({ id, name: "", topic: "", kind: "im", createdAt, members, userId: user.id });
  }

  /** The group DM of exactly these people and Sophia. */
  findGroup(users: readonly User[]): Conversation | undefined {
    const ids = new Set([...users.map(({ id }) => id), this.identity.userId]);
    return [...this.conversations.values()].find(({ kind, members }) => {
      return kind === "mpim" && members.size === ids.size && [...ids].every((id) => members.has(id));
    });
  }

  openGroup(users: readonly User[]): Conversation {
    const existing = this.findGroup(users);
    if (existing) return existing;
    const members = new Set([...users.map(({ id }) => id), this.identity.userId]);
    const handles = [...members].map((id) => this.users.get(id)?.handle);
    const name = `mpdm-${handles.join("--")}-1`;
    const createdAt = this.now();
    return this.#addConversation({
      id: this.newId("G"),
      name,
      topic: "Group messaging",
      kind: "mpim",
      createdAt,
      members,
    });
  }

  /** Mentions and channels that a person typed, as Slack's tokens. */
  encode(typed: string): string {
    return encodeText(typed, {
      userId: (handle) => this.#byHandle.get(handle),
      groupId: (handle) => [...this.userGroups.values()].find((group) => group.handle === handle)?.id,
      channelId: (name) => this.#byChannelName.get(name),
    });
  }

  /** Stores a message with a new `ts` and tells the listeners. */
  add(conversation: Conversation, fields: Omit<Message, "ts" | "channel">, broadcast = false): Message {
    const message: Message = { ...fields, ts: this.nextTs(conversation), channel: conversation.id };
    if (message.ephemeralFor) {
      conversation.ephemerals.push(message);
      this.changes.publish({ type: "ephemeral_added", message });
      return message;
    }
    conversation.byTs.set(message.ts, message);
    if (message.threadTs === undefined || broadcast) conversation.timeline.push(message);
    if (message.threadTs !== undefined) this.#thread(conversation, message.threadTs).push(message);
    if (message.clientMsgId) this.#clientMessages.set(`${conversation.id}:${message.clientMsgId}`, message);
    this.changes.publish({ type: "message_added", message });
    return message;
  }

  changed(message: Message): void {
    this.changes.publish({ type: "message_changed", message });
  }

  remove(conversation: Conversation, message: Message): void {
    clearTimeout(message.stream?.lifetime);
    conversation.byTs.delete(message.ts);
    dropFrom(conversation.timeline, message);
    dropFrom(conversation.ephemerals, message);
    if (message.threadTs) dropFrom(conversation.threads.get(message.threadTs), message);
    this.changes.publish({ type: "message_deleted", message });
  }

  byClientMsgId(conversation: Conversation, clientMsgId: string): Message | undefined {
    return this.#clientMessages.get(`${conversation.id}:${clientMsgId}`);
  }

  #thread(conversation: Conversation, rootTs: string): Message[] {
    const replies = conversation.threads.get(rootTs);
    if (replies) return replies;
    const first: Message[] = [];
    conversation.threads.set(rootTs, first);
    return first;
  }

  #addUser(user: User): void {
    this.users.set(user.id, user);
    for (const key of [user.handle, user.name, user.email]) {
      if (key) this.#byHandle.set(key.toLowerCase(), user.id);
    }
  }

  #addConversation(
    fields: Pick<
      Conversation,
      "id" | "name" | "topic" | "kind" | "createdAt" | "members" | "userId" | "isExternallyShared"
    >,
  ) {
    const conversation: Conversation = {
      ...fields,
      byTs: new Map(),
      timeline: [],
      threads: new Map(),
      ephemerals: [],
      lastTs: this.#floor,
    };
    this.conversations.set(conversation.id, conversation);
    if (conversation.name) this.#byChannelName.set(conversation.name, conversation.id);
    return conversation;
  }
}

const STANDINGS = { guest: "single-channel guest", deleted: "deleted", external: "external" } as const satisfies Record<
  string,
  Standing
>;

/** Each team of the company is a user group. */
function teamGroups(people: SlackWorld["people"]): UserGroup[] {
  return [...Map.groupBy(people, ({ team }) => team)].map(([team, members]) => ({
    id: `S0${team.toUpperCase().slice(0, 9).padEnd(9, "0")}`,
    handle: team,
    name: `${team[0]?.toUpperCase()}${team.slice(1)}`,
    description: "",
    memberIds: members.map(({ id }) => id),
  }));
}

const SOPHIA = { handle: "sophia", name: "Sophia", title: "", timeZone: "America/Los_Angeles" };

function dropFrom(list: Message[] | undefined, message: Message): void {
  const index = list?.lastIndexOf(message) ?? -1;
  if (index >= 0) list?.splice(index, 1);
}

function formatTs(micros: number): string {
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, "0")}`;
}
