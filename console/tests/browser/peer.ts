// A customer's own server: OpenSSH's, on this machine, into which whoever runs the tests gets by a key.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "./ftp";

const SSHD = "/usr/sbin/sshd";

export const hasSshd = () => existsSync(SSHD);

export class Peer {
    readonly user = userInfo().username;
    readonly folder: string;
    private child: ChildProcess | undefined;

    private constructor(
        private readonly kept: string,
        readonly port: number,
    ) {
        this.folder = join(kept, "files");
        mkdirSync(this.folder);
    }

    static async listening(): Promise<Peer> {
        const peer = new Peer(mkdtempSync(join(tmpdir(), "campo-peer-")), await freePort());
        chmodSync(peer.kept, 0o755);
        mkdirSync("/run/sshd", { recursive: true });
        for (const name of ["host", "client"]) peer.makeKey(name);
        writeFileSync(
            join(peer.kept, "config"),
            `Port ${peer.port}\nListenAddress 127.0.0.1\nHostKey ${join(peer.kept, "host")}\nAuthorizedKeysFile ${join(peer.kept, "client.pub")}\nPidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n`,
        );
        await peer.start();
        return peer;
    }

    /** The same at the same place, with another key of its own. */
    async changeKey(): Promise<void> {
        await this.stop();
        rmSync(join(this.kept, "host"));
        this.makeKey("host");
        await this.start();
    }

    privateKey = () => readFileSync(join(this.kept, "client"), "utf8");
    put = (name: string, content: string) => writeFileSync(join(this.folder, name), content);
    names = () => readdirSync(this.folder).sort();

    async end(): Promise<void> {
        await this.stop();
        rmSync(this.kept, { recursive: true, force: true });
    }

    private makeKey(name: string): void {
        execFileSync("ssh-keygen", ["-q", "-N", "", "-t", "ed25519", "-f", join(this.kept, name)]);
    }

    private async start(): Promise<void> {
        this.child = spawn(SSHD, ["-D", "-e", "-f", join(this.kept, "config")], { stdio: "ignore" });
        for (;;) {
            if (this.child.exitCode !== null) throw new Error(`sshd ended with ${this.child.exitCode}`);
            if (await answers(this.port)) return;
        }
    }

    private async stop(): Promise<void> {
        const child = this.child;
        if (!child || child.exitCode !== null) return;
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill();
        await ended;
    }
}

const answers = (port: number) =>
    new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1");
        socket.once("data", () => {
            socket.destroy();
            resolve(true);
        });
        socket.once("error", () => setTimeout(() => resolve(false), 20));
    });
