// A real server for the tests: the binary that was built, on SQLite in a folder of its own, on a port that is free.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const BINARY = process.env.CONSOLE_BINARY ?? new URL("../../../target/debug/campo", import.meta.url).pathname;

export type Server = { url: string; folder: string; administrator: { login: string; password: string }; stop: () => Promise<void>; start: () => Promise<void> };

export async function startServer(settings: Record<string, string> = {}): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "campo-console-"));
    writeFileSync(join(folder, "campo.toml"), "");
    // The server takes no setting from whoever runs the tests.
    const ours = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CAMPO_")));
    const environment = { ...ours, CAMPO_CONFIG: join(folder, "campo.toml"), CAMPO_DATA_FOLDER: join(folder, "data"), CAMPO_LOG_LEVEL: "warn", ...settings };
    const login = "patricia@andina.example";
    const made = execFileSync(
        BINARY,
        ["account", "create", "--code", "andina", "--name", "Andina Redes", "--zone", "America/Bogota", "--language", "es", "--administrator", login, "--administrator-name", "Patricia Villamizar"],
        { env: environment, encoding: "utf8" },
    );
    const password = made.trim().split("\n")[1] ?? "";
    let child: ChildProcess | undefined;
    let listen = "127.0.0.1:0";
    const server: Server = {
        url: "",
        folder,
        administrator: { login, password },
        start: async () => {
            child = spawn(BINARY, ["serve", "--end-with-input"], { env: { ...environment, CAMPO_LISTEN: listen }, stdio: ["pipe", "pipe", "inherit"] });
            const line = await firstLine(child);
            server.url = line.replace(/^campo listening on /, "").trim();
            // A restarted server is found where it was.
            listen = new URL(server.url).host;
        },
        stop: async () => {
            const running = child;
            if (!running || running.exitCode !== null) return;
            const ended = new Promise((resolve) => running.once("exit", resolve));
            running.kill("SIGTERM");
            await ended;
        },
    };
    await server.start();
    return server;
}

export async function removeServer(server: Server): Promise<void> {
    await server.stop();
    rmSync(server.folder, { recursive: true, force: true });
}

function firstLine(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
        if (child.stdout) createInterface({ input: child.stdout }).once("line", resolve);
        child.once("exit", (code) => reject(new Error(`campo serve ended with ${code}`)));
    });
}

/** Calls the API as a program does. */
export class Api {
    constructor(
        readonly url: string,
        readonly token: string,
    ) {}

    static async signedIn(url: string, login: string, password: string): Promise<Api> {
        const nobody = new Api(url, "");
        const { token } = await nobody.send<{ token: string }>("POST", "/v1/session", { login, password });
        return new Api(url, token);
    }

    async send<T = unknown>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
        const answer = await fetch(this.url + path, {
            method,
            headers: { ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}), ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return (text ? JSON.parse(text) : undefined) as T;
    }
}
