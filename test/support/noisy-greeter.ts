/** The greeter on stdio, with a library in it that prints to stdout as some SDKs do. */

import { serveStdio } from "../../mcp-servers/shared/serve.ts";
import { createGreeter } from "./greeter.ts";

const served = serveStdio(createGreeter().definition);
process.stdout.write("a library says hello\n");
// Something that would keep the process alive without end.
const timer = setInterval(() => process.stdout.write("and again\n"), 50);
await served;
clearInterval(timer);
