import { assistantMethods } from "./assistant.ts";
import { chatMethods } from "./chat.ts";
import { conversationMethods } from "./conversations.ts";
import { fileMethods } from "./files.ts";
import type { Method } from "./method.ts";
import { peopleMethods } from "./people.ts";
import { reactionMethods } from "./reactions.ts";
import { scheduleMethods } from "./schedule.ts";
import { streamMethods } from "./streams.ts";
import { viewMethods } from "./views.ts";

export const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    ...assistantMethods,
    ...chatMethods,
    ...conversationMethods,
    ...fileMethods,
    ...peopleMethods,
    ...reactionMethods,
    ...scheduleMethods,
    ...streamMethods,
    ...viewMethods,
  }),
);
