import * as activeViews from "./active-views.ts";
import type { Change, ChangeListener, Changes } from "./changes.ts";
import { isStreaming, userPayload } from "./entities.ts";
import type { EventCallback, SlackEvent } from "./events.ts";
import type { Files } from "./files.ts";
import { messageView, type MessageView } from "./message-view.ts";
import { expire } from "./methods/streams.ts";
import * as people from "./people.ts";
import type { Outcome } from "./outcome.ts";
import * as presses from "./presses.ts";
import type { ThreadState } from "./sessions.ts";
import type { Slack } from "./slack.ts";
import type { Scheduled } from "./schedule.ts";
import type { ConversationKind, Identity, Message, User, UserGroup } from "./types.ts";
import * as viewPresses from "./view-presses.ts";
import { viewPayload } from "./views.ts";

export interface ChannelView {
  id: string;
  /** Empty for a DM with Sophia. */
  name: string;
  kind: ConversationKind;
  topic: string;
  memberIds: string[];
  sophiaIsMember: boolean;
}

export interface DeliverOptions {
  /** How often each event is delivered, with the same `event_id`; 1 unless told. */
  times?: number;
  /** Deliver in an order that is mixed by this seed. */
  shuffle?: number | undefined;
}

/** What the control server, the page and tests do in the workspace: everything a person can do, and looking on. */
export class SlackStore {
  readonly identity: Identity;
  readonly #slack: Slack;
  readonly #changes: Changes;
  readonly #limitRates: (on: boolean) => void;

  constructor(slack: Slack, changes: Changes, limitRates: (on: boolean) => void) {
    this.identity = slack.workspace.identity;
    this.#slack = slack;
    this.#changes = changes;
    this.#limitRates = limitRates;
  }

  /** Whether an app listens, by Socket Mode or at a request URL. */
  get connected(): boolean {
    return this.#slack.sockets.connected || this.#slack.delivery.http.url !== undefined;
  }

  /** Open Socket Mode connections. */
  get connections(): number {
    return this.#slack.sockets.connections;
  }

  /** Events, commands and interactions go to this address from now on; undefined: back to Socket Mode. */
  setRequestUrl(url: string | undefined): void {
    this.#slack.delivery.http.url = url;
    this.#changes.publish({ type: "connection", connected: this.connected });
  }

  /** As when the address is entered in the app's settings: it must give a challenge back. Throws where it does not. */
  async verifyRequestUrl(): Promise<void> {
    await this.#slack.delivery.http.verify(this.#slack.workspace.newId("challenge"));
  }

  /** The headers with which Slack would sign this body now. */
  sign(body: string): Record<string, string> {
    return this.#slack.delivery.http.sign(body);
  }

  /** Asks every Socket Mode connection to reconnect. */
  refreshSockets(): void {
    this.#slack.sockets.refresh();
  }

  setRateLimits(on: boolean): void {
    this.#limitRates(on);
  }

  /** A person writes a message. */
  send(request: people.Sending): people.Sent {
    return people.send(this.#slack, request);
  }

  /** Another app writes a message. */
  sendAsBot(request: Parameters<typeof people.sendAsBot>[1]): people.Sent {
    return people.sendAsBot(this.#slack, request);
  }

  /** A person edits a message of theirs. */
  edit(request: Parameters<typeof people.edit>[1]): EventCallback[] {
    return people.edit(this.#slack, request);
  }

  /** A person deletes a message of theirs. */
  remove(request: Parameters<typeof people.remove>[1]): EventCallback[] {
    return people.remove(this.#slack, request);
  }

  react(request: people.Reacting): void {
    people.reactAs(this.#slack, request);
  }

  join({ user, channel }: { user: string; channel: string }): void {
    people.join(this.#slack, this.#slack.workspace.person(user), this.#slack.workspace.place(channel));
  }

  /** People open a group DM with Sophia; its id. */
  openGroup(users: readonly string[]): string {
    const { workspace } = this.#slack;
    return workspace.openGroup(users.map((user) => workspace.person(user))).id;
  }

  /** Somebody becomes a guest, or leaves the company; undefined: a full member. */
  setStanding(user: string, standing: User["standing"]): void {
    const { workspace } = this.#slack;
    const person = workspace.person(user);
    person.standing = standing;
    this.#tellOf(person);
  }

  /** Somebody calls themselves something else. */
  rename(user: string, name: string): void {
    const person = this.#slack.workspace.person(user);
    person.name = name;
    this.#tellOf(person);
  }

  #tellOf(person: User): void {
    const { workspace, events } = this.#slack;
    const ts = workspace.eventTs();
    const changed = { type: "user_change", user: userPayload(person, workspace), cache_ts: Number(ts), event_ts: ts };
    events.emit([changed]);
  }

  /** Somebody archives a channel, or shares it with another company. */
  changeChannel(channel: string, change: { isArchived?: boolean; isExternallyShared?: boolean }): void {
    Object.assign(this.#slack.workspace.place(channel), change);
  }

  /** User groups, with their members. */
  userGroups(): readonly UserGroup[] {
    return [...this.#slack.workspace.userGroups.values()];
  }

  /** What Sophia has scheduled and is not posted yet, the next first. */
  scheduled(): readonly Scheduled[] {
    return this.#slack.schedule.pending;
  }

  /** The Stop button of a thread; returns the `ts` of the streams that it ended. */
  stop(request: Parameters<typeof people.stop>[1]): string[] {
    return people.stop(this.#slack, request);
  }

  /** What Sophia has uploaded and what people have dropped. */
  get files(): Files {
    return this.#slack.files;
  }

  /** A person opens a channel or a thread, beside which they may ask Sophia. */
  look(request: activeViews.Looking): void {
    activeViews.look(this.#slack, request);
  }

  openHome(request: Parameters<typeof people.openHome>[1]): void {
    people.openHome(this.#slack, request);
  }

  command(request: presses.Command): Promise<Outcome> {
    return presses.command(this.#slack, request);
  }

  press(request: presses.Press): Promise<Outcome> {
    return presses.press(this.#slack, request);
  }

  shortcut(request: presses.Shortcut): Promise<Outcome> {
    return presses.shortcut(this.#slack, request);
  }

  /** A person submits the modal that they have before them. */
  submitView(request: viewPresses.Submission): Promise<viewPresses.SubmissionOutcome> {
    return viewPresses.submitView(this.#slack, request);
  }

  closeView(request: viewPresses.Closing): Promise<Outcome> {
    return viewPresses.closeView(this.#slack, request);
  }

  /** Delivers events, held or made up, as often and in whatever order; whether each delivery was acknowledged. */
  deliver(
    events: SlackEvent | EventCallback | readonly EventCallback[],
    options: DeliverOptions = {},
  ): Promise<boolean[]> {
    const { times = 1, shuffle } = options;
    const list = (Array.isArray(events) ? events : [events]) as (SlackEvent | EventCallback)[];
    const callbacks = list.flatMap((event) => (isCallback(event) ? event : (this.#slack.events.wrap(event) ?? [])));
    const deliveries = callbacks.flatMap((callback) => Array.from({ length: times }, () => callback));
    if (shuffle !== undefined) mix(deliveries, shuffle);
    return Promise.all(deliveries.map((callback) => this.#slack.events.deliver(callback)));
  }

  /** The events made so far, latest last, for delivering some again. */
  events(): readonly EventCallback[] {
    return this.#slack.events.recent;
  }

  /** Resolves when every event is acknowledged or given up. */
  settled(): Promise<void> {
    return this.#slack.events.settled();
  }

  /** Ends the lifetime of every running stream now. */
  expireStreams(): void {
    for (const conversation of this.#slack.workspace.conversations.values()) {
      for (const message of conversation.byTs.values()) if (isStreaming(message)) expire(this.#slack, message);
    }
  }

  /** Channels as a person sees them in the sidebar: those they are in, and their DM with Sophia. */
  channels(viewer?: string): ChannelView[] {
    const { workspace } = this.#slack;
    const user = viewer === undefined ? undefined : workspace.person(viewer);
    // Sophia is an app of this workspace: another one's people cannot write to her alone.
    if (user && user.standing !== "external") workspace.openDm(user);
    return [...workspace.conversations.values()]
      .filter((conversation) => !user || conversation.members.has(user.id))
      .map(({ id, name, kind, topic, members }) => {
        return { id, name, kind, topic, memberIds: [...members], sophiaIsMember: members.has(this.identity.userId) };
      });
  }

  /**
   * What stands in a channel, oldest first; with `threadTs` the thread, its root at the head. With a viewer, what that
   * person sees: their ephemeral messages too, and an error for a channel that is not theirs.
   */
  messages(
    channel: string,
    { threadTs, viewer, limit }: { threadTs?: string; viewer?: string; limit?: number } = {},
  ): MessageView[] {
    const { workspace } = this.#slack;
    const user = viewer === undefined ? undefined : workspace.person(viewer);
    const conversation = workspace.place(channel, user);
    if (user && conversation.kind !== "public" && !conversation.members.has(user.id)) {
      throw new Error(`${user.name} is not a member of ${conversation.name || conversation.id}`);
    }
    const root = threadTs === undefined ? undefined : conversation.byTs.get(threadTs);
    const standing = threadTs === undefined ? conversation.timeline : (conversation.threads.get(threadTs) ?? []);
    const own = conversation.ephemerals.filter((m) => m.threadTs === threadTs && (!user || m.ephemeralFor === user.id));
    const merged = own.length === 0 ? standing : [...standing, ...own].toSorted(byTs);
    const shown = limit === undefined ? merged : merged.slice(-limit);
    return [...(root ? [root] : []), ...shown].map((message) => messageView(this.#slack, conversation, message));
  }

  /** One message, or undefined. */
  message(channel: string, ts: string, viewer?: string): MessageView | undefined {
    const { workspace } = this.#slack;
    const conversation = workspace.place(channel, viewer === undefined ? undefined : workspace.person(viewer));
    const message = conversation.byTs.get(ts) ?? conversation.ephemerals.find((candidate) => candidate.ts === ts);
    return message && messageView(this.#slack, conversation, message);
  }

  /** Status, title, prompts and session of every thread that has any. */
  statuses(): ThreadState[] {
    return this.#slack.sessions.all();
  }

  /** The modals a person has open (the topmost last) and their Home tab, as Slack's own view objects. */
  views({ viewer }: { viewer: string }): { modals: SlackView[]; home: SlackView | undefined } {
    const { id } = this.#slack.workspace.person(viewer);
    const modals = this.#slack.views.modals(id).map((view) => viewPayload(view, this.#slack.workspace));
    const home = this.#slack.views.home(id);
    return { modals, home: home && viewPayload(home, this.#slack.workspace) };
  }

  /** The plain view of a change's message, for those who subscribed. */
  view(message: Message): MessageView {
    return messageView(this.#slack, this.#slack.workspace.place(message.channel), message);
  }

  /** Returns the function that ends the subscription. The listener must not throw. */
  subscribe(listener: ChangeListener): () => void {
    return this.#changes.subscribe(listener);
  }

  /** The first truthy value of `probe`, asked now and after every change; rejects after `timeoutMs`. */
  waitFor<T>(probe: () => T | undefined | false, timeoutMs: number): Promise<T> {
    return this.#changes.waitFor(probe, timeoutMs);
  }
}

export type { Change, MessageView };

/** As `views.open` answers with it. */
export type SlackView = Record<string, unknown>;

function isCallback(event: SlackEvent | EventCallback): event is EventCallback {
  return event.type === "event_callback";
}

function byTs(a: Message, b: Message): number {
  return Number(a.ts) - Number(b.ts);
}

/** Fisher-Yates with a small seeded generator (mulberry32), so that an order can be had again. */
function mix(items: unknown[], seed: number): void {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
}
