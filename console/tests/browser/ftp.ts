// A customer's old program that leaves a file by FTP: as little of the protocol as that takes.
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A port that is free now. */
export async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}

class Control {
    private text = "";
    private waiting: (() => void) | undefined;

    constructor(private readonly socket: Socket) {
        socket.setEncoding("utf8");
        socket.on("data", (part) => {
            this.text += part;
            this.waiting?.();
        });
    }

    /** The next whole reply, which must begin with one of these digits. */
    async reply(...expected: string[]): Promise<string> {
        for (;;) {
            const whole = /^(\d{3}) [^\n]*\n|^(\d{3})-[\s\S]*?\n\2 [^\n]*\n/.exec(this.text);
            if (whole) {
                this.text = this.text.slice(whole[0].length);
                if (!expected.includes(whole[0][0] ?? "")) throw new Error(`the server said ${whole[0]}`);
                return whole[0];
            }
            await new Promise<void>((resolve) => {
                this.waiting = resolve;
            });
        }
    }

    say(line: string): void {
        this.socket.write(`${line}\r\n`);
    }
}

export async function leaveFile(port: number, login: string, password: string, path: string, content: string): Promise<void> {
    const socket = connect(port, "127.0.0.1");
    const control = new Control(socket);
    await control.reply("2");
    for (const [line, digit] of [
        [`USER ${login}`, "3"],
        [`PASS ${password}`, "2"],
        ["TYPE I", "2"],
    ] as const) {
        control.say(line);
        await control.reply(digit);
    }
    control.say("EPSV");
    const data = connect(Number(/\|\|\|(\d+)\|/.exec(await control.reply("2"))?.[1]), "127.0.0.1");
    control.say(`STOR ${path}`);
    await control.reply("1");
    data.end(content);
    await control.reply("2");
    control.say("QUIT");
    socket.end();
}
