import { ForbiddenError, PrivateError, UserError } from "../../src/core/errors.ts";
import { nearestName } from "../../src/core/nearest-name.ts";
import type { ToolCaller } from "../shared/define-tool.ts";
import type { Scope } from "../shared/timer.ts";
import type { Identity, Message } from "./answers.ts";
import type { SlackApi } from "./api.ts";
import { confinedRefusal, isOwnPlace, namesChannel, namesPerson } from "./confinement.ts";
import type { Directory, Listed } from "./directory.ts";
import { idsIn, type Names } from "./incoming.ts";
import type { MessageReference } from "./messages.ts";
import { mentionsIn } from "./outgoing.ts";
import type { Person } from "./people.ts";
import { type Place, toPlace } from "./places.ts";
import { type Asker, mayRead, mayWrite, needsMembers, type Verdict } from "./rule.ts";

interface CallOf {
  api: SlackApi;
  directory: Directory;
  caller: ToolCaller | undefined;
  scope: Scope;
}

/** People of a text that Slack's list of people did not have: looked up one by one, and no more of them. */
const mostStrangers = 20;

/** Slack for one tool call and whoever makes it: whatever place it gives has passed the rule (rule.ts). */
export class SlackSession {
  readonly api: SlackApi;
  readonly scope: Scope;
  readonly #directory: Directory;
  readonly #caller: ToolCaller | undefined;

  constructor({ api, directory, caller, scope }: CallOf) {
    this.api = api;
    this.scope = scope;
    this.#directory = directory;
    this.#caller = caller;
  }

  /** Sophia's own. */
  identity(): Promise<Identity> {
    return this.#directory.identity.get("own", this.scope);
  }

  /**
   * Undefined where another client calls, of whose people nothing is known. Throws ForbiddenError for somebody who is not a
   * person of this workspace.
   */
  async asker(): Promise<Asker | undefined> {
    if (!this.#caller) return undefined;
    const { email, audience } = this.#caller;
    if (email === undefined)
      throw new ForbiddenError(`${unknownAsker} Slack does not tell Sophia their e-mail address.`);
    const person = await this.#directory.byEmail.get(email.toLowerCase(), this.scope);
    if (person?.standing === "member" || person?.standing === "guest") return { person, audience };
    throw new ForbiddenError(`Nobody in this Slack workspace who may use it has the e-mail address ${email}.`);
  }

  async #colleague(email: string): Promise<Person> {
    const person = await this.#directory.byEmail.get(email.toLowerCase(), this.scope);
    if (person?.standing === "member" || person?.standing === "guest") return person;
    const why = person?.standing === "gone" ? "whose account is active" : "who is one of its people";
    throw new UserError(
      `channel: nobody in this Slack workspace ${why} has the e-mail address ${email}. Look the person up with find_user.`,
    );
  }

  /** Where the question was asked. Throws UserError where that is no thread. */
  ownThread(): MessageReference {
    const [channel = "", ts = ""] = this.#caller?.threadId?.split(":") ?? [];
    if (/^\d{10}\.\d{6}$/.test(ts)) return { channel, ts, threadTs: undefined };
    throw new UserError("Send thread_ts: it is not known here in which thread the question was asked.");
  }

  people(): Promise<Listed<Person>> {
    return this.#directory.people.get("all", this.scope);
  }

  async #personById(id: string): Promise<Person | undefined> {
    return (await this.#directory.byId.get(id, this.scope)) ?? undefined;
  }

  /** Channels that the asker may know of, and the ids of those that the asker is in. */
  async channels(): Promise<{ visible: Listed<Place>; own: ReadonlySet<string> }> {
    const asker = await this.asker();
    const [all, own] = await Promise.all([
      this.#directory.channels.get("all", this.scope),
      asker ? this.#directory.channelsOf.get(asker.person.id, this.scope) : { items: [], complete: true },
    ]);
    const ids = new Set(own.items);
    const items = all.items.filter((place) => mayRead(asker, place, ids.has(place.id)) === "allowed");
    return { visible: { items, complete: all.complete && own.complete }, own: ids };
  }

  /** `channel`: a name or an id. Throws UserError, ForbiddenError, and PrivateError for what only the asker may read here. */
  async placeToRead(channel: string): Promise<Place> {
    const [asker, place] = await Promise.all([this.asker(), this.#find(channel)]);
    if (!place) throw await this.#noPlace(channel);
    const isMember = await this.#isMember(asker, place, "read");
    const verdict = mayRead(asker, place, isMember);
    if (verdict !== "allowed") throw await this.#forbidden(verdict, channel, place);
    return this.#named(place);
  }

  /** `channel`: a name, an id, or a person's e-mail address for a direct message. Throws UserError and ForbiddenError. */
  async placeToWrite(channel: string): Promise<Place> {
    const asker = await this.asker();
    if (!asker) throw new ForbiddenError(`${unknownAsker} Sophia writes only for people of the workspace.`);
    const place = channel.includes("@") ? await this.#directMessage(channel) : await this.#find(channel);
    if (!place) throw await this.#noPlace(channel);
    const verdict = mayWrite(asker, place, await this.#isMember(asker, place, "write"));
    if (verdict !== "allowed") throw await this.#forbidden(verdict, channel, place);
    if (place.isArchived) throw new UserError(`${place.label} is archived, so that nothing can be added to it.`);
    if (!place.sophiaIsIn)
      throw new UserError(`Sophia is not in ${place.label}. Invite her there with /invite @Sophia.`);
    return this.#named(place);
  }

  /**
   * The same for a text that is to be read there: where others' texts were read in this conversation, and may have given orders,
   * nowhere but here, with whoever asks, and where that person's own words name.
   */
  async placeToSendTo(channel: string): Promise<Place> {
    const place = await this.placeToWrite(channel);
    const confined = this.#caller?.confinedTo;
    const asker = await this.asker();
    if (!confined || (asker && isOwnPlace(place, confined, asker.person))) return place;
    if (await this.#isNamed(place, confined.question)) return place;
    throw new ForbiddenError(confinedRefusal);
  }

  async #isNamed(place: Place, question: string): Promise<boolean> {
    if (namesChannel(question, place)) return true;
    const person = place.kind === "dm" && place.userId ? await this.#personById(place.userId) : undefined;
    if (!person) return false;
    const { items, complete } = await this.people();
    // Of people who were not all read, one more may have the same first name.
    return namesPerson(question, person, complete ? items : [...items, { ...person, id: "" }]);
  }

  /** Whether what stands there may be shown to those who read the answer. */
  async mayShow(place: Place): Promise<boolean> {
    const asker = await this.asker();
    return mayRead(asker, place, await this.#isMember(asker, place, "read")) === "allowed";
  }

  /** The place's own id: a direct message that was never opened has none until now. */
  async open(place: Place): Promise<Place> {
    if (place.kind !== "dm" || place.id !== "" || !place.userId) return place;
    return { ...place, id: await this.api.openDirectMessage(place.userId, this.scope) };
  }

  /** How the people and public channels in these messages, or this text, are called. */
  async namesIn(messages: readonly Message[], text = ""): Promise<Names> {
    const found = messages.map(idsIn);
    const authors = messages.flatMap(({ user }) => user ?? []);
    const people = await this.#peopleById([...authors, ...mentionsIn(text), ...found.flatMap((ids) => ids.people)]);
    const channels = found.some((ids) => ids.channels.length > 0)
      ? await this.#publicNames()
      : new Map<string, string>();
    return { person: (id) => people.get(id)?.name, channel: (id) => channels.get(id) };
  }

  async #peopleById(ids: readonly string[]): Promise<ReadonlyMap<string, Person>> {
    if (ids.length === 0) return new Map();
    const known = new Map((await this.people()).items.map((person) => [person.id, person]));
    const strangers = [...new Set(ids)].filter((id) => !known.has(id)).slice(0, mostStrangers);
    for (const person of await Promise.all(strangers.map((id) => this.#personById(id)))) {
      if (person) known.set(person.id, person);
    }
    return known;
  }

  async #publicNames(): Promise<ReadonlyMap<string, string>> {
    const { items } = await this.#directory.channels.get("all", this.scope);
    return new Map(items.flatMap(({ id, kind, name }) => (kind === "public" && name ? [[id, name] as const] : [])));
  }

  async #find(channel: string): Promise<Place | undefined> {
    const text = channel.trim();
    const isId = /^[CDG][A-Z0-9]{6,30}$/.test(text);
    const byId = isId ? await this.api.channel(text, this.scope) : undefined;
    if (byId) return toPlace(byId);
    const name = text.replace(/^#/, "").toLowerCase();
    const called = ({ items }: Listed<Place>) => items.find((place) => place.name?.toLowerCase() === name)?.id;
    const { channels } = this.#directory;
    // The list may be minutes old: Sophia may have been invited since, and what was public then may be private by now.
    const id = called(await channels.get("all", this.scope)) ?? called(await channels.refresh("all", this.scope));
    const fresh = id === undefined ? undefined : await this.api.channel(id, this.scope);
    return fresh && toPlace(fresh);
  }

  /** One that was never opened has no id yet: looking must not open it. */
  async #directMessage(email: string): Promise<Place> {
    const person = await this.#colleague(email.trim());
    const id = (await this.api.directMessage(person.id, this.scope)) ?? "";
    const nothing = { name: null, topic: null, purpose: null, members: null };
    const state = { sophiaIsIn: true, isArchived: false, isExternallyShared: false };
    return { id, kind: "dm", label: "", userId: person.id, ...nothing, ...state };
  }

  async #isMember(asker: Asker | undefined, place: Place, action: "read" | "write"): Promise<boolean> {
    if (place.kind === "dm") return asker !== undefined && place.userId === asker.person.id;
    if (!asker || !needsMembers(asker, place, action)) return false;
    return (await this.#directory.members.get(place.id, this.scope)).has(asker.person.id);
  }

  /** A direct message is called by its other side, who has to be one of the workspace's people. */
  async #named(place: Place): Promise<Place> {
    if (place.kind !== "dm") return place;
    const person = place.userId ? await this.#personById(place.userId) : undefined;
    if (person?.standing === "member" || person?.standing === "guest") {
      return { ...place, label: `the direct message with ${person.name}` };
    }
    throw new ForbiddenError("Direct messages go only to people of this workspace whose accounts are active.");
  }

  async #noPlace(channel: string): Promise<UserError> {
    const { visible } = await this.channels();
    const names = visible.items.flatMap(({ name }) => name ?? []);
    const nearest = nearestName(channel.replace(/^#/, ""), names);
    const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
    return new UserError(
      `channel: there is no channel "${channel}" that whoever asks may see and Sophia is in.${hint} Look it up with find_channel; private channels are there for their members alone, and where nobody else reads the answer.`,
    );
  }

  async #forbidden(verdict: Verdict, channel: string, place: Place): Promise<Error> {
    // As if it were not there: that a private channel exists is its members' to know.
    if (verdict === "hidden") return this.#noPlace(channel);
    if (verdict === "guest") return new ForbiddenError("Guests cannot have Sophia write direct messages to others.");
    if (verdict === "aloud") {
      const what = "What is written in private channels and direct messages is not told where others read along.";
      return new PrivateError(`${what} Say so; the same question to Sophia in a direct message is answered.`);
    }
    return new ForbiddenError(
      `Whoever asks is not in ${place.label}, and Sophia writes only where they are. They can join the channel and ask again.`,
    );
  }
}

const unknownAsker = "It is not known here who asks.";
