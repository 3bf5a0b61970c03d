/** Services in which people have accounts of their own: server name -> as a person says it. */
export const personalServices = { hubspot: "HubSpot", asana: "Asana", gong: "Gong" } as const;

export type PersonalService = keyof typeof personalServices;

/** By either name, in any case. */
export function findPersonalService(name: string): PersonalService | undefined {
  const wanted = name.toLowerCase();
  return Object.hasOwn(personalServices, wanted) ? (wanted as PersonalService) : undefined;
}
