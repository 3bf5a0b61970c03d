import { ConfigReader } from "../shared/read-config.ts";

export interface PineconeConfig {
  apiKey: string;
  /** The index that is meant where a call names none, and the only one that is written to. */
  index: string;
  /** Origin of the control plane, which says where each index is. */
  controllerHost: string;
  /** The namespace that is meant where a call names none; without it all of the index's are searched. */
  namespace: string | undefined;
  /** Offers only the tools that read. */
  readOnly: boolean;
}

const defaultController = "https://api.pinecone.io";

/** Throws ConfigError with everything that is missing or wrong. */
export function readPineconeConfig(env: Readonly<Record<string, string | undefined>>): PineconeConfig {
  const reader = new ConfigReader(env, "Pinecone: app.pinecone.io > the project > API keys");
  const config: PineconeConfig = {
    apiKey: reader.required("PINECONE_API_KEY", "a key of the project that holds the index"),
    index: reader.required("PINECONE_INDEX", "the name of the index that holds call summaries and documents"),
    controllerHost: reader.address(
      "PINECONE_CONTROLLER_HOST",
      reader.optional("PINECONE_CONTROLLER_HOST") ?? defaultController,
      { example: defaultController },
    ),
    namespace: reader.optional("PINECONE_NAMESPACE"),
    readOnly: reader.flag("PINECONE_READ_ONLY"),
  };
  reader.finish();
  return config;
}
