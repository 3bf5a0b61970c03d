import { isAdmin } from "../admission.ts";
import { healthLine } from "../home/health.ts";
import type { SlackCommand } from "./slack-command.ts";

export const status: SlackCommand = {
  verb: "status",
  form: "",
  meaning: "shows which services I am connected to, and how they fare",
  run: async ({ person }, context) => {
    const services = context.services();
    if (services.length === 0) return "I am not connected to any service.";
    return services.map((service) => healthLine(service, isAdmin(person, context))).join("\n");
  },
};
