// One server with one company for all tests of the console.
import type { TestProject } from "vitest/node";
import { found, PASSWORD } from "./company";
import { Api, removeServer, startServer } from "./server";

declare module "vitest" {
    interface ProvidedContext {
        url: string;
        administrator: { login: string; password: string };
    }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
    const server = await startServer();
    const { administrator } = server;
    await found(await Api.signedIn(server.url, administrator.login, administrator.password));
    // The administrator, too, has chosen a password of their own.
    await (await Api.signedIn(server.url, administrator.login, administrator.password)).send("PUT", "/v1/session/password", { current: administrator.password, password: PASSWORD });
    administrator.password = PASSWORD;
    project.provide("url", server.url);
    project.provide("administrator", server.administrator);
    return () => removeServer(server);
}
