/** Where the services post to, on the port that SOPHIA_PUBLIC_URL reaches. */
export const gongPath = "/webhooks/gong";
export const hubspotPath = "/webhooks/hubspot";
/** Each of Asana's hooks has an address of its own below it. */
export const asanaFolder = "/webhooks/asana/";
