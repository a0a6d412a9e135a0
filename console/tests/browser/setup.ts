// One server with one company for all tests of the console. With CONSOLE_PAGES=source the pages come from the sources as
// they are, without a build, and with CONSOLE_PAGES=built from console/dist, also where the binary was built beside another
// one; all else comes from the server.
import { createServer, preview } from "vite";
import type { TestProject } from "vitest/node";
import { found, PASSWORD } from "./company";
import { freePort } from "./ftp";
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
    const { CONSOLE_PAGES } = process.env;
    const pages = CONSOLE_PAGES === "source" ? await fromSources(server.url) : CONSOLE_PAGES === "built" ? await fromBuild(server.url) : undefined;
    project.provide("url", pages?.url ?? server.url);
    project.provide("administrator", server.administrator);
    project.provide("ftpPort", ftpPort);
    return async () => {
        await pages?.close();
        await removeServer(server);
    };
}

async function fromBuild(target: string) {
    const port = 20_000 + (process.pid % 20_000);
    const served = await preview({ preview: { port, host: "127.0.0.1", strictPort: true, proxy: { "/v1": { target, changeOrigin: true }, "/problems": target } }, logLevel: "error" });
    return { url: `http://127.0.0.1:${port}`, close: () => served.close() };
}

async function fromSources(target: string) {
    const vite = await createServer({ server: { port: 0, host: "127.0.0.1", hmr: false, proxy: { "/v1": { target, changeOrigin: true }, "/problems": target, "/services": target, "/referencia": target, "/reference": target } }, logLevel: "error" });
    await vite.listen();
    return { url: `http://127.0.0.1:${(vite.httpServer?.address() as { port: number }).port}`, close: () => vite.close() };
}
