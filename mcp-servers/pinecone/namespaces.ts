/** The namespace without a name is called so in requests; statistics have it under either name. */
const defaultNamespace = "__default__";

export function namespaceName(name: string): string {
  return name === "" ? defaultNamespace : name;
}
