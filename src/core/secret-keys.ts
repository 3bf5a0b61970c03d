const keyBytes = 32;

/**
 * Keys of 32 bytes, each in base64 or hex, separated by commas: the first one encrypts, all of them decrypt. Undefined where
 * one of them is something else.
 */
export function readSecretKeys(text: string): Buffer[] | undefined {
  const keys = text.split(",").map((key) => readKey(key.trim()));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function readKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const key = Buffer.from(text, "base64");
  return key.length === keyBytes ? key : undefined;
}
