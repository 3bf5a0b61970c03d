/** A file that was dropped in a question's thread, as Slack told of it: name and type are whatever somebody wrote. */
export interface QuestionFile {
  id: string;
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  /** It came with another message than the question, of whomever: one of the thread, or one that the asker forwarded. */
  from?: "thread" | "forward";
}

/** A message that the asker forwarded: its author and text are whatever somebody else wrote. */
export interface ForwardedMessage {
  /** Name and Slack id. */
  author: string;
  text: string;
  /** Names of what was dropped with it. */
  files?: readonly string[] | undefined;
  /** Its page in the own workspace. */
  url?: string | undefined;
}

/** What the asker has open in Slack beside the conversation with Sophia. */
export interface Viewing {
  channel: string;
  /** Of a thread that is open. */
  messageTs?: string;
}
