import type { Hono } from "hono";
import type { Answers } from "./answers.ts";
import { AsanaRefusal, missing, unknownObject } from "./errors.ts";
import { findTask } from "./lookups.ts";
import type { StoryRecord } from "./records.ts";
import { Ref } from "./representation.ts";
import { type Fields, readData, readFlag, readGid, readText } from "./requests.ts";
import type { AsanaEnv, AsanaStore } from "./store.ts";
import { plainText } from "./task-fields.ts";

/** Comments, and what Asana itself wrote below a task. */
export function storyRoutes(app: Hono<AsanaEnv>, store: AsanaStore, answers: Answers): void {
  const find = (gid: string): StoryRecord => {
    const story = store.story(readGid("story", gid));
    if (!story) throw unknownObject("story", gid);
    findTask(store, story.taskGid);
    return story;
  };
  const own = (gid: string): StoryRecord => {
    const story = find(gid);
    if (story.subtype === "comment_added" && story.authorGid === store.me.gid) return story;
    throw new AsanaRefusal(403, "You cannot edit or delete a story that you did not write.");
  };

  app.get("/tasks/:task/stories", (c) => {
    const stories = store.storiesOf(findTask(store, c.req.param("task")).gid);
    return answers.list(
      c,
      stories.map(({ gid }) => new Ref("story", gid)),
    );
  });
  app.post("/tasks/:task/stories", async (c) => {
    const task = findTask(store, c.req.param("task"));
    const data = await readData(c);
    const text = readWords(data);
    if (!text) throw missing("text");
    const isPinned = data.is_pinned !== undefined && readFlag("is_pinned", data.is_pinned);
    return answers.created(c, new Ref("story", store.addComment(task, text, isPinned).gid), "stories");
  });
  app.get("/stories/:story", (c) => answers.one(c, new Ref("story", find(c.req.param("story")).gid)));
  app.put("/stories/:story", async (c) => {
    const story = own(c.req.param("story"));
    const data = await readData(c);
    const text = readWords(data);
    const pinned = data.is_pinned === undefined ? undefined : readFlag("is_pinned", data.is_pinned);
    store.editComment(story, { ...(text ? { text } : {}), ...(pinned === undefined ? {} : { isPinned: pinned }) });
    return answers.one(c, new Ref("story", story.gid));
  });
  app.delete("/stories/:story", (c) => {
    store.deleteComment(own(c.req.param("story")));
    return answers.empty(c);
  });
}

function readWords({ text, html_text }: Fields): string | undefined {
  if (text !== undefined && html_text !== undefined) {
    throw new AsanaRefusal(400, "You may only provide one of text or html_text!");
  }
  if (html_text !== undefined) return plainText("html_text", readText("html_text", html_text));
  return text === undefined ? undefined : readText("text", text);
}
