import { describe, expect, it } from "vitest";
import { redact, redactText } from "../../../../mcp-servers/pulumi/secrets.ts";

const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const sealed = { [signature]: secret, ciphertext: "hunter2" };
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const pem = "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----";

describe("redact", () => {
  it.each<[string, unknown]>([
    ["a ciphertext", sealed],
    ["a plain text under the mark", { [signature]: secret, plaintext: '"hunter2"' }],
    ["a value under the mark", { [signature]: secret, value: { a: "hunter2" } }],
    ["an output that says that it is secret", { [signature]: output, value: "hunter2", secret: true }],
    ["a ciphertext without the mark", { ciphertext: "hunter2" }],
    ["an encrypted setting", { secure: "hunter2" }],
    ["one in a list in an object", { list: [1, { deep: sealed }] }],
    ["one in an output that is not", { [signature]: output, value: { a: sealed }, secret: false }],
    ["one in a text of JSON", JSON.stringify({ a: [sealed] })],
    ["one in a text in a text in a text", JSON.stringify({ a: JSON.stringify(JSON.stringify(sealed)) })],
    ["one within other words", `the value is ${JSON.stringify(sealed)}, keep it`],
    ["a ciphertext within other words", 'it is {"ciphertext":"hunter2"}'],
    ["one in base64", base64({ a: sealed })],
    ["one in base64 of base64", Buffer.from(base64(sealed)).toString("base64")],
    ["one in base64 in JSON", JSON.stringify({ a: base64(sealed) })],
    ["a private key", pem],
    ["a private key in base64", Buffer.from(pem).toString("base64")],
    ["a password in an address", "postgres://user:hunter2@db.example:5432/x"],
    ["a password under its name", { dbPassword: "hunter2" }],
    ["what is within credentials", { credentials: { user: "a", parts: ["hunter2"] } }],
    ["a password in a text of JSON", '{"host":"h","password":"hunter2"}'],
    ["a password in a connection string", "Server=h;Password=hunter2;Database=x"],
    ["a token in YAML", "users:\n- name: a\n  user:\n    token: hunter2\n"],
    ["the value of a field that is named beside it", [{ name: "DB_PASSWORD", value: "hunter2" }]],
    ["the same with other words", { Key: "password", Value: "hunter2" }],
    ["the same in a text of JSON", JSON.stringify([{ name: "DB_PASSWORD", value: "hunter2" }])],
    ["the same in base64", base64([{ name: "DB_PASSWORD", value: "hunter2" }])],
    ["the same in YAML", "- name: DB_PASSWORD\n  value: hunter2"],
    ["an option's value", ["psql", "--password", "hunter2"]],
    ["a pair as a list", ["password", "hunter2"]],
    ["a password with a slash in an address", "postgres://app:p/hunter2@db:5432/x"],
    ["a password with an @ in an address", "postgres://app:hunter2@hunter2@db:5432/x"],
    ["a long user's password in an address", `https://${"u".repeat(210)}:hunter2@h`],
    ["a text of words", 'password: "correct horse hunter2"'],
    ["a text of words in single quotes", "{password: 'correct horse hunter2'}"],
    ["a text with a comma", 'x {"password":"a,b hunter2"}'],
    ["JSON in the quotes of a log", 'log: {\\"password\\":\\"a b hunter2\\"}'],
    ["a block of YAML", "password: |\n  hunter2\n  hunter2\nhost: h"],
    ["the first of two fields of a name", '{"password":"hunter2","password":""}'],
    ["a value within another name's", "env:PASSWORD=hunter2"],
    ["a header", "Authorization: Bearer hunter2hunter2"],
    ["a header of several words", "Authorization: AWS4 Credential=a, Signature=hunter2"],
    ["an option in a text", "psql --password hunter2 -h db"],
    ["a user's option", "curl -u bob:hunter2 https://x"],
    ["a key of Azure's", "AccountName=a;AccountKey=hunter2==;EndpointSuffix=x"],
    ["a signed address", "https://x.blob.example/c?sv=1&sig=hunter2"],
    ["a secret as a key", { "xoxb-1234567890-hunter2": 1 }],
  ])("hides %s", (_, value) => {
    const { value: shown, isRedacted } = redact(value, "output");
    expect(isRedacted).toBe(true);
    const text = JSON.stringify(shown);
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain(Buffer.from("hunter2").toString("base64").slice(0, 8));
    expect(text).toContain("[secret]");
  });

  it("hides what a name tells, numbers as well, and nothing where a name only speaks of it", () => {
    for (const name of [
      "adminPassword",
      "API_KEY",
      "clientSecret",
      "githubToken",
      "kubeconfig",
      "pass-phrase-password",
    ]) {
      expect(redact("hunter2", name)).toEqual({ value: "[secret]", isRedacted: true });
    }
    expect(redact(4711, "password").value).toBe("[secret]");
    for (const name of ["secretArn", "tokenUrl", "passwordMinLength", "secretName", "apiUrl", "keyspace", "tokenTtl"]) {
      expect(redact("arn:aws:x", name)).toEqual({ value: "arn:aws:x", isRedacted: false });
    }
  });

  it.each(["pwd", "dbPwd", "dsn", "authorization", "passwordUrl", "secretType", "tokenLength", "db_password_name"])(
    "hides a word under %s",
    (name) => {
      expect(redact({ [name]: "hunter2" }).value).toEqual({ [name]: "[secret]" });
    },
  );

  it.each([
    ["xapp-1-A111-222-abcdef"],
    ["pat-na1-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"],
    ["ASIAABCDEFGHIJKLMNOP"],
    ["AIzaSyA1234567890abcdefghijklmnopqrstuvw"],
    ["sk_live_abcdefghijklmnopqrstuvwx"],
    ["glpat-abcdefghijklmnopqrst"],
    ["npm_abcdefghijklmnopqrstuvwxyz0123456789"],
  ])("knows %s", (token) => {
    expect(redact(`with ${token}`)).toEqual({ value: "with [secret]", isRedacted: true });
  });

  it("keeps the host of an address and the fields beside a secret", () => {
    expect(redactText("postgres://app:p/s@s@db.example:5432/x")).toBe("postgres://[secret]@db.example:5432/x");
    expect(redactText("Server=h;Password=hunter2;Database=x")).toBe("Server=h;Password=[secret];Database=x");
    const id = "arn:aws:secretsmanager:eu-west-1:1:secret:billing-AbC";
    expect(redactText(id)).toBe(id);
  });

  it("is done with ever so many backslashes", () => {
    const before = process.cpuUsage();
    redact("\\".repeat(80_000));
    redact(`name:password${"\\".repeat(80_000)}`);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it.each<[unknown]>([
    [{ maxTokens: 100, passwordPolicy: { minLength: 12 }, tokenUrl: "https://login.example/token" }],
    ["https://npm.example/@scope/pkg"],
    ["ssh://git@github.example/a/b"],
    [[{ name: "HOST", value: "db.example" }]],
    ["https://billing.example/a?b=c"],
    [{ a: [1, true, null, "x"], b: { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:pulumi:x" } }],
    ['{"a": 1}'],
    ["SGVsbG8sIHdvcmxkIQ=="],
    ["[not json"],
    [""],
    [{ password: "" }],
  ])("leaves %j as it is", (value) => {
    expect(redact(value, "output")).toEqual({ value, isRedacted: false });
  });

  it("opens an output that is no secret", () => {
    expect(redact({ [signature]: output, value: "x", secret: false })).toEqual({ value: "x", isRedacted: false });
    expect(redact({ [signature]: output, value: "x" })).toEqual({ value: "x", isRedacted: false });
  });

  it("does not follow what is nested without end", () => {
    let value: unknown = "x";
    for (let depth = 0; depth < 5_000; depth++) value = [value];
    expect(redact(value).isRedacted).toBe(true);
  });
});

describe("redactText", () => {
  it.each([
    ["pushed with pul-0123456789abcdef0123456789abcdef01234567 today", "pushed with [secret] today"],
    [`AAABA${"x".repeat(40)}==`, "[secret]"],
    ["key AKIAIOSFODNN7EXAMPLE used", "key [secret] used"],
    ["https://hooks.slack.com/services/T1/B2/abc", "https://hooks.slack.com/[secret]"],
    ["api_key = abc123, next", "api_key = [secret], next"],
    ["password: [secret]", "password: [secret]"],
    ["Bump the token bucket to 5", "Bump the token bucket to 5"],
  ])("%s", (text, clean) => {
    expect(redactText(text)).toBe(clean);
  });

  it.each(["a:", "-", "w-", "password", "eyJabcdefgh.", "eyJ-", "a://", "AAABA", "-----BEGIN PRIVATE KEY-----"])(
    "takes no more than a moment for a long line of %s",
    (part) => {
      // The process's own time: others may keep the machine busy.
      const before = process.cpuUsage();
      redactText(part.repeat(Math.ceil(40_000 / part.length)));
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
    },
  );
});
