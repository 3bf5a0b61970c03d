import { randomBytes } from "node:crypto";

/** Values that nothing else could be mistaken for, in the form in which each service gives them out. */
export function randomSecrets() {
  const random = (length: number): string => randomBytes(length).toString("base64url").slice(0, length);
  return {
    SLACK_BOT_TOKEN: `xoxb-${random(48)}`,
    SLACK_APP_TOKEN: `xapp-${random(60)}`,
    SLACK_SIGNING_SECRET: randomBytes(16).toString("hex"),
    ANTHROPIC_API_KEY: `sk-ant-${random(90)}`,
    HUBSPOT_API_KEY: `pat-na1-${random(36)}`,
    HUBSPOT_CLIENT_SECRET: random(36),
    ASANA_ACCESS_TOKEN: `2/${random(16)}/${random(16)}:${random(32)}`,
    ASANA_CLIENT_SECRET: random(32),
    GONG_API_KEY: random(32),
    GONG_API_SECRET: random(70),
    PINECONE_API_KEY: `pcsk_${random(60)}`,
    PULUMI_ACCESS_TOKEN: `pul-${randomBytes(20).toString("hex")}`,
    MCP_AUTH_TOKEN: random(32),
    DATABASE_PASSWORD: `${random(10)}/${random(10)}+`,
    SOPHIA_SECRET_KEY: randomBytes(32).toString("base64"),
  };
}

export type Secrets = Readonly<Record<string, string>>;

/** Every form in which a secret could be seen, by what it is. */
function formsOf(name: string, value: string): [string, string][] {
  const half = Math.floor(value.length / 2);
  const bytes = Buffer.from(value);
  return [
    [name, value],
    [`${name}, URL-encoded`, encodeURIComponent(value)],
    [`${name}, JSON-encoded`, JSON.stringify(value).slice(1, -1)],
    [`${name}, base64`, bytes.toString("base64").replace(/=+$/, "")],
    [`${name}, base64url`, bytes.toString("base64url")],
    [`${name}, first half`, value.slice(0, half)],
    [`${name}, second half`, value.slice(half)],
  ];
}

/** Which secrets stand in a text, and around them what they stand in; none where it is as it must be. */
export function secretsIn(text: string, secrets: Secrets): string[] {
  const { GONG_API_KEY = "", GONG_API_SECRET = "" } = secrets;
  const pair = Buffer.from(`${GONG_API_KEY}:${GONG_API_SECRET}`).toString("base64").replace(/=+$/, "");
  const forms = Object.entries(secrets).flatMap(([name, value]) => formsOf(name, value));
  return [["Gong's pair", pair] as const, ...forms].flatMap(([what, form]) => {
    const at = form === "" ? -1 : text.indexOf(form);
    return at < 0 ? [] : [`${what}: …${text.slice(Math.max(0, at - 120), at + form.length + 40)}…`];
  });
}
