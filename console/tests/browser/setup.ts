// One server with one company for all tests of the console.
import type { TestProject } from "vitest/node";
import { found, PASSWORD, PEOPLE } from "./company";
import { freePort } from "./ftp";
import { pagesFor } from "./pages";
import { Api, removeServer, startServer } from "./server";

declare module "vitest" {
    interface ProvidedContext {
        url: string;
        administrator: { login: string; password: string };
        ftpPort: number;
        /** A session of each person, as a browser keeps it: `name=secret`. */
        sessions: Record<string, string>;
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
    const logins = { administrator: administrator.login, ...Object.fromEntries(Object.entries(PEOPLE).filter(([key]) => key !== "newcomer").map(([key, { login }]) => [key, login])) };
    project.provide("sessions", Object.fromEntries(await Promise.all(Object.entries(logins).map(async ([key, login]) => [key, await sessionOf(server.url, login)]))));
    return async () => {
        await pages.close();
        await removeServer(server);
    };
}

/** Signs in as a page of the server does, without a browser. */
async function sessionOf(url: string, login: string): Promise<string> {
    const answer = await fetch(`${url}/v1/session`, { method: "POST", headers: { "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", Origin: url }, body: JSON.stringify({ login, password: PASSWORD, cookie: true }) });
    const [cookie] = answer.headers.getSetCookie();
    if (!answer.ok || !cookie) throw new Error(`${login} could not sign in: ${answer.status} ${await answer.text()}`);
    return cookie.split(";", 1)[0] ?? "";
}
