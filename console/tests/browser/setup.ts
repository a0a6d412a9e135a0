// One server with one company for all tests of the console.
import type { TestProject } from "vitest/node";
import { found, PASSWORD } from "./company";
import { freePort } from "./ftp";
import { pagesFor } from "./pages";
import { Api, removeServer, startServer } from "./server";

declare module "vitest" {
    interface ProvidedContext {
        url: string;
        administrator: { login: string; password: string };
        ftpPort: number;
    }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
    const ftpPort = await freePort();
    // Receivers of notifications listen on this machine, and files are left by the plainest way.
    const server = await startServer({ CAMPO_OUTBOUND_NETWORKS: "127.0.0.0/8", CAMPO_OUTBOUND_HTTP: "127.0.0.1", CAMPO_FTP_LISTEN: `127.0.0.1:${ftpPort}`, CAMPO_FTP_PLAIN: "true" });
    const { administrator } = server;
    await found(await Api.signedIn(server.url, administrator.login, administrator.password));
    // The administrator, too, has chosen a password of their own.
    await (await Api.signedIn(server.url, administrator.login, administrator.password)).send("PUT", "/v1/session/password", { current: administrator.password, password: PASSWORD });
    administrator.password = PASSWORD;
    const pages = await pagesFor(server.url);
    project.provide("url", pages.url);
    project.provide("administrator", server.administrator);
    project.provide("ftpPort", ftpPort);
    return async () => {
        await pages.close();
        await removeServer(server);
    };
}
