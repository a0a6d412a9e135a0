// One server with one company for all tests of the console.
import type { TestProject } from "vitest/node";
import { found } from "./company";
import { Api, removeServer, startServer } from "./server";

declare module "vitest" {
    interface ProvidedContext {
        url: string;
        administrator: { login: string; password: string };
    }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
    const server = await startServer();
    await found(await Api.signedIn(server.url, server.administrator.login, server.administrator.password));
    project.provide("url", server.url);
    project.provide("administrator", server.administrator);
    return () => removeServer(server);
}
