import { z } from "zod";
import { readSecretKeys } from "../core/secret-keys.ts";
import { url, type Variable } from "./service-variables.ts";

const secretKeys = {
  schema: z.string().refine((text) => readSecretKeys(text) !== undefined),
  hint: "a key of 32 bytes in base64 or hex, or several separated by commas",
};

/** What people need to connect their own accounts with `/sophia connect`. */
export const accountVariables = {
  SOPHIA_SECRET_KEY: {
    meaning:
      "encrypts what people give Sophia to act as them, and the secrets of Asana's webhooks; without it nobody can connect an " +
      "account of their own, and Asana's tasks are not told of",
    where: "make one: openssl rand -base64 32; to change it put the new one first: NEW,OLD",
    format: secretKeys,
  },
  SOPHIA_PUBLIC_URL: {
    meaning:
      "where browsers and services reach PORT: people come back there who connect an account, and webhooks arrive",
    where:
      "your own, such as https://sophia.example.com; its /oauth/callback/SERVICE is the app's redirect URL, its /webhooks/gong " +
      "and /webhooks/hubspot are for the services' settings (npm run doctor prints them)",
    format: url,
  },
  ASANA_CLIENT_ID: {
    meaning: "Sophia's app at Asana, for people who connect their own account",
    where: "app.asana.com/0/my-apps > Create new app > OAuth",
  },
  ASANA_CLIENT_SECRET: { meaning: "its secret", where: "app.asana.com/0/my-apps > your app > OAuth" },
  ASANA_OAUTH_URL: { meaning: "where people allow it", where: "default https://app.asana.com", format: url },
  HUBSPOT_CLIENT_ID: {
    meaning: "Sophia's app at HubSpot, for people who connect their own account",
    where: "HubSpot > Development > Projects > your app > Auth; scopes in mcp-servers/hubspot/README.md, and oauth",
  },
  HUBSPOT_CLIENT_SECRET: { meaning: "its secret", where: "HubSpot > Development > Projects > your app > Auth" },
  HUBSPOT_OAUTH_URL: {
    meaning: "where people allow it; tokens come from HUBSPOT_BASE_URL",
    where: "default https://app.hubspot.com",
    format: url,
  },
} as const satisfies Record<string, Variable>;
