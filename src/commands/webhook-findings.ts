import { type Environment, valueOf, type VariableName } from "../config/settings.ts";
import { mostHooks } from "../storage/asana-hooks.ts";
import { asanaFolder, gongPath, hubspotPath } from "../webhooks/paths.ts";

/** What one check found: `warning` where Sophia runs without it. */
export interface Finding {
  level: "ok" | "warning" | "failed";
  name: string;
  detail: string;
}

/** For each service that can tell of what happens in it: whether it can be heard, and at which address. */
export function webhookFindings(env: Environment): Finding[] {
  const port = valueOf(env, "PORT") ?? "";
  const origin = (valueOf(env, "SOPHIA_PUBLIC_URL") ?? "").replace(/\/$/, "").replace(/:0$/, `:${port}`);
  const finding = (name: string, needed: readonly VariableName[], detail: string, without: string): Finding => {
    const absent = needed.filter((variable) => !valueOf(env, variable));
    if (absent.length === 0) return { level: "ok", name: `${name} webhooks`, detail };
    return { level: "warning", name: `${name} webhooks`, detail: `${without}: ${absent.join(", ")} not set` };
  };
  const gong = `enter ${origin}${gongPath} at Gong > Company settings > Automation rules > your rule > Fire webhook`;
  const hubspot =
    `enter ${origin}${hubspotPath} at HubSpot > Development > Projects > your app > Webhooks, with deal created, deal ` +
    "changed (dealstage, amount) and contact created";
  const asana =
    `Sophia makes hers herself, below ${origin}${asanaFolder}: for ${mostHooks} projects at most, so name in routes those ` +
    "that matter where there are more";
  return [
    finding(
      "Gong",
      ["GONG_WEBHOOK_PUBLIC_KEY", "SOPHIA_PUBLIC_URL"],
      gong,
      "calls are found by looking for them alone",
    ),
    finding("HubSpot", ["HUBSPOT_WEBHOOK_SECRET", "SOPHIA_PUBLIC_URL"], hubspot, "no notices of deals and contacts"),
    finding("Asana", ["ASANA_ACCESS_TOKEN", "SOPHIA_SECRET_KEY", "SOPHIA_PUBLIC_URL"], asana, "no notices of tasks"),
  ];
}
