import { createPublicKey, type KeyObject } from "node:crypto";

/** An RSA public key in PEM, or what stands between its armour, as some services show it. Undefined where it is something else. */
export function readPublicKey(text: string): KeyObject | undefined {
  const body = text.replaceAll(/-----(?:BEGIN|END) PUBLIC KEY-----|\\n|\s/g, "");
  if (!/^[A-Za-z0-9+/]{100,}={0,2}$/.test(body)) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(body, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    // Whatever the parser says: it is no key.
    return undefined;
  }
}
