/**
 * What each Web API method takes, as Slack documents it. An argument is `name`, `name!` where it is required, and
 * `name:type` where it is not a string; `json` is an array or object, JSON-encoded in a form.
 */
export interface MethodContract {
  /** Any one of these is enough; none is needed where empty. */
  scopes: readonly string[];
  /** Slack's rate tier: 1 is the slowest; 5 stands for methods with a rule of their own. */
  tier: 1 | 2 | 3 | 4 | 5;
  /** Whether a JSON body is read; where not, it is as if nothing had been sent. */
  json: boolean;
  arguments: ReadonlyMap<string, ArgumentType>;
  required: readonly string[];
  /** Which token it is for; none for `api.test`. */
  token: "bot" | "app" | "none";
}

export type ArgumentType = "string" | "number" | "boolean" | "json";

function method(
  tier: MethodContract["tier"],
  scopes: string,
  args: string,
  { json = true, token = "bot" }: { json?: boolean; token?: MethodContract["token"] } = {},
): MethodContract {
  const list = args.split(/\s+/).filter((arg) => arg !== "");
  const typed = list.map((arg): [string, ArgumentType] => {
    const [name = "", type = "string"] = arg.replace("!", "").split(":");
    return [name, type as ArgumentType];
  });
  const required = list.filter((arg) => arg.includes("!")).map((arg) => arg.replace(/[!:].*/, ""));
  return { scopes: scopes.split(" ").filter(Boolean), tier, json, arguments: new Map(typed), required, token };
}

const AUTHORSHIP = "icon_emoji icon_url username";
const CONTENT = `text blocks:json attachments:json markdown_text parse link_names:boolean as_user:boolean`;
const READ = "channels:read groups:read im:read mpim:read";
const HISTORY = "channels:history groups:history im:history mpim:history";
const SPAN = "oldest latest inclusive:boolean include_all_metadata:boolean limit:number cursor";
const FORM_ONLY = { json: false };

export const METHODS: ReadonlyMap<string, MethodContract> = new Map(
  Object.entries({
    "api.test": method(4, "", "error foo", { token: "none" }),
    "auth.test": method(5, "", ""),
    "apps.connections.open": method(3, "connections:write", "", { token: "app" }),

    "chat.postMessage": method(
      5,
      "chat:write",
      `channel! ${CONTENT} ${AUTHORSHIP} metadata:json mrkdwn:boolean reply_broadcast:boolean thread_ts unfurl_links:boolean
       unfurl_media:boolean client_msg_id current_draft_last_updated_ts`,
    ),
    "chat.update": method(
      3,
      "chat:write",
      `channel! ts! ${CONTENT} metadata:json reply_broadcast:boolean file_ids:json unfurled_attachments:json`,
    ),
    "chat.delete": method(3, "chat:write", "channel! ts! as_user:boolean"),
    "chat.postEphemeral": method(4, "chat:write", `channel! user! ${CONTENT} ${AUTHORSHIP} metadata:json thread_ts`),
    "chat.scheduleMessage": method(
      3,
      "chat:write",
      `channel! post_at!:number ${CONTENT} metadata:json reply_broadcast:boolean thread_ts unfurl_links:boolean
       unfurl_media:boolean`,
    ),
    "chat.scheduledMessages.list": method(3, "", "channel cursor latest limit:number oldest"),
    "chat.deleteScheduledMessage": method(3, "chat:write", "channel! scheduled_message_id! as_user:boolean"),
    "chat.getPermalink": method(5, "", "channel! message_ts!", FORM_ONLY),
    "chat.startStream": method(
      2,
      "chat:write",
      `channel! chunks:json markdown_text thread_ts recipient_user_id recipient_team_id task_display_mode ${AUTHORSHIP}`,
    ),
    "chat.appendStream": method(4, "chat:write", "channel! ts! chunks:json markdown_text"),
    "chat.stopStream": method(
      2,
      "chat:write",
      "channel! ts! chunks:json markdown_text blocks:json metadata:json session_status",
    ),

    "assistant.threads.setStatus": method(
      5,
      "chat:write assistant:write",
      `channel_id! thread_ts! status! loading_messages:json ${AUTHORSHIP}`,
    ),
    "assistant.threads.setTitle": method(4, "assistant:write", "channel_id! thread_ts! title!"),
    "assistant.threads.setSuggestedPrompts": method(4, "assistant:write", "channel_id! thread_ts prompts!:json title"),
    "agents.sessions.setStatus": method(
      3,
      "chat:write",
      `channel_id! status! thread_ts title initiator_user_id ${AUTHORSHIP}`,
    ),
    "agents.sessions.rename": method(3, "chat:write", "channel_id! title! thread_ts"),

    "conversations.info": method(3, READ, "channel! include_locale:boolean include_num_members:boolean", FORM_ONLY),
    "conversations.list": method(2, READ, "cursor exclude_archived:boolean limit:number  types", FORM_ONLY),
    "conversations.members": method(4, READ, "channel! cursor limit:number", FORM_ONLY),
    "conversations.history": method(3, HISTORY, `channel! ${SPAN}`),
    "conversations.replies": method(3, HISTORY, `channel! ts! ${SPAN}`, FORM_ONLY),
    "conversations.open": method(
      3,
      "channels:manage groups:write im:write mpim:write",
      "channel return_im:boolean users prevent_creation:boolean",
    ),
    "conversations.join": method(3, "channels:join", "channel!"),

    "users.info": method(4, "users:read", "user! include_locale:boolean", FORM_ONLY),
    "users.list": method(2, "users:read", "cursor include_locale:boolean limit:number ", FORM_ONLY),
    "users.lookupByEmail": method(3, "users:read.email", "email!", FORM_ONLY),
    "users.conversations": method(
      3,
      READ,
      "cursor exclude_archived:boolean exclude_muted:boolean limit:number  types user",
      FORM_ONLY,
    ),
    "usergroups.list": method(
      2,
      "usergroups:read",
      "include_count:boolean include_disabled:boolean include_users:boolean ",
      FORM_ONLY,
    ),
    "usergroups.users.list": method(2, "usergroups:read", "usergroup! include_disabled:boolean ", FORM_ONLY),
    "team.info": method(3, "team:read", "domain team"),
    "bots.info": method(3, "users:read", "bot ", FORM_ONLY),
    "emoji.list": method(2, "emoji:read", "include_categories:boolean", FORM_ONLY),

    "files.getUploadURLExternal": method(4, "files:write", "length!:number filename! snippet_type alt_txt", FORM_ONLY),
    "files.completeUploadExternal": method(
      4,
      "files:write",
      `files!:json channel_id thread_ts channels initial_comment blocks:json ${AUTHORSHIP}`,
    ),
    "files.info": method(4, "files:read", "file! count:number cursor limit:number page:number", FORM_ONLY),

    "reactions.add": method(3, "reactions:write", "channel! name! timestamp!"),
    "reactions.remove": method(2, "reactions:write", "name! channel timestamp file file_comment"),
    "reactions.get": method(3, "reactions:read", "channel timestamp file file_comment full:boolean", FORM_ONLY),

    "views.open": method(4, "", "view!:json trigger_id interactivity_pointer"),
    "views.push": method(4, "", "view!:json trigger_id interactivity_pointer"),
    "views.update": method(4, "", "view!:json view_id external_id hash"),
    "views.publish": method(4, "", "user_id! view!:json hash interactivity_pointer"),
  }),
);
