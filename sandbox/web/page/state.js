import { get, listen } from "./api.js";
import { toast } from "./dom.js";
import { names } from "./inline.js";
import { reader } from "./slack-date.js";

/**
 * What the page shows: the workspace as one person sees it, the open channel and thread. The server is the truth; the
 * page reads a place whole when it opens it and keeps it up by the changes that come in.
 */
export const state = {
  workspace: undefined,
  me: undefined,
  channel: undefined,
  /** Messages of the open channel by ts, thread replies among them. */
  messages: new Map(),
  /** Status and session by the ts of the thread's root. */
  threads: new Map(),
  threadTs: undefined,
  /** The modals that the person has open, the topmost last, as Slack's view objects. */
  modals: [],
  /** The person's Home tab as Slack's view object; undefined until Sophia has published one. */
  home: undefined,
  /** What Sophia suggests to ask, by channel. */
  prompts: new Map(),
  unread: new Map(),
  /** Services in which something changed that was not looked at yet. */
  news: new Set(),
  /** Whether the live feed is up. */
  connected: false,
  /** Milliseconds by which the sandbox's clock is ahead of this machine's. */
  clockAhead: 0,
};

const listeners = new Set();
let source;
/** The channel that is being read, and what changed in it meanwhile. */
let loading;

/** Called with what changed: "workspace", "channel", "message", "thread", "modals", "home", "prompts", "unread", "news", "outside" or "connection". */
export function subscribe(listener) {
  listeners.add(listener);
}

function publish(what, detail) {
  for (const listener of listeners) listener(what, detail);
}

export function readAddress() {
  const fields = new URLSearchParams(location.hash.slice(1));
  return { as: fields.get("as"), channel: fields.get("channel"), thread: fields.get("thread") };
}

function writeAddress() {
  const fields = { as: state.me?.id, channel: state.channel?.id, thread: state.threadTs };
  const known = Object.entries(fields).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams(known)}`);
}

export async function become(personId, channelId, threadTs) {
  const workspace = await get("/page/workspace", { as: personId });
  state.workspace = workspace;
  setClock(workspace.now);
  // What another person has open; one's own comes again with the live changes.
  if (state.me && state.me.id !== workspace.me.id) {
    setModals([]);
    state.home = undefined;
  }
  state.me = workspace.me;
  const known = [...workspace.people, ...workspace.gone, workspace.sophia];
  names.people = new Map(known.map((person) => [person.id, person.name]));
  names.channels = new Map(workspace.channels.map((channel) => [channel.id, channel.name]));
  names.groups = new Map(workspace.userGroups.map((group) => [group.id, group]));
  names.me = workspace.me.id;
  reader.timeZone = workspace.me.timeZone;
  reader.now = sandboxNow;
  state.unread.clear();
  publish("workspace");
  const place = placeOf(channelId) ?? placeOf(workspace.home);
  await connect();
  await openChannel(place.id, threadTs);
}

/** The sandbox's clock runs on between two readings. */
function setClock(now) {
  state.clockAhead = Date.parse(now) - Date.now();
}

export const sandboxNow = () => new Date(Date.now() + state.clockAhead);

/** Resolves once changes come in: what is read after that misses nothing. */
function connect() {
  source?.close();
  return new Promise((resolve) => {
    let opened = false;
    source = listen(state.me.id, {
      onchange: applyChange,
      onopen: () => {
        setConnected(true);
        if (opened) void refresh();
        opened = true;
        resolve();
      },
      onlost: () => setConnected(false),
    });
  });
}

function setConnected(connected) {
  if (state.connected === connected) return;
  state.connected = connected;
  publish("connection");
}

export async function refresh() {
  const { id } = state.me;
  await become(id, state.channel?.id, state.threadTs);
}

export function placeOf(id) {
  const { channels, dm } = state.workspace;
  return [...channels, ...(dm ? [dm] : [])].find((place) => place.id === id);
}

function setModals(modals) {
  state.modals = modals;
  publish("modals");
}

export async function openChannel(id, threadTs) {
  const mine = { id, missed: [] };
  loading = mine;
  try {
    const { messages, threads, prompts } = await get("/page/conversation", { as: state.me.id, channel: id });
    if (loading !== mine) return;
    state.channel = placeOf(id);
    state.messages = new Map(messages.map((message) => [message.ts, message]));
    state.prompts.set(id, prompts);
    state.threads = new Map(threads.map((thread) => [thread.threadTs, thread]));
    state.threadTs = threadTs && state.messages.has(threadTs) ? threadTs : undefined;
    state.unread.delete(id);
    writeAddress();
    publish("channel");
    loading = undefined;
    for (const change of mine.missed) applyChange(change);
  } catch (error) {
    toast(error.message, "error");
  } finally {
    if (loading === mine) loading = undefined;
  }
}

export function openThread(ts) {
  state.threadTs = ts;
  writeAddress();
  publish("thread");
}

export const closeThread = () => openThread(undefined);

function applyChange(change) {
  if (change.type === "reset") {
    state.threadTs = undefined;
    state.news.clear();
    setModals([]);
    void refresh();
    return;
  }
  if (change.type === "connection" || change.type === "clock") {
    if (change.type === "clock") setClock(change.now);
    else state.workspace.connected = change.connected;
    publish("connection");
    return;
  }
  if (change.type === "outside") {
    const isFirst = !state.news.has(change.service);
    state.news.add(change.service);
    if (isFirst) publish("news");
    publish("outside", change);
    return;
  }
  if (change.type === "views") {
    state.home = change.home;
    publish("home");
    return setModals(change.modals);
  }
  if (change.type === "prompts") {
    state.prompts.set(change.channel, change.prompts);
    return publish("prompts");
  }
  if (loading && loading.id === (change.channel ?? change.message.channel)) {
    loading.missed.push(change);
    return;
  }
  if (change.type === "status") {
    if (change.channel !== state.channel?.id) return;
    state.threads.set(change.threadTs, change);
    publish("message", { ts: change.threadTs, status: true });
    return;
  }
  const { message } = change;
  if (message.channel === state.channel?.id) applyMessage(change.type, message);
  else if (change.type === "added" && message.author.id !== state.me.id) {
    state.unread.set(message.channel, (state.unread.get(message.channel) ?? 0) + 1);
    publish("unread");
  }
}

function applyMessage(type, message) {
  if (type === "deleted") state.messages.delete(message.ts);
  else state.messages.set(message.ts, message);
  publish("message", { ts: message.ts, threadTs: message.threadTs, type, author: message.author });
}

const byTs = (a, b) => (a.ts < b.ts ? -1 : 1);

/** What stands in the channel itself. */
export function channelMessages() {
  return [...state.messages.values()].filter(({ threadTs, ts }) => !threadTs || threadTs === ts).toSorted(byTs);
}

export function repliesTo(rootTs) {
  return [...state.messages.values()].filter(({ threadTs, ts }) => threadTs === rootTs && ts !== rootTs).toSorted(byTs);
}

/** What changed in this service has been looked at. */
export function seeNews(service) {
  if (state.news.delete(service)) publish("news");
}

/** Whether Sophia waits for a person's decision in this thread. */
export const isSuspended = (rootTs) => state.threads.get(rootTs)?.session === "suspended";

/** Whether a turn of Sophia's runs in this thread, so that it can be stopped. */
export function isRunning(rootTs) {
  const thread = state.threads.get(rootTs);
  return thread?.session === "processing" || repliesTo(rootTs).some((message) => message.streaming);
}
