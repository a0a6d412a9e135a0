// The line between a browser and the server: it passes on what it is given until it is cut, and again once it is mended.
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export class Line {
    private readonly sockets = new Set<Socket>();

    private constructor(
        private server: Server,
        private readonly port: number,
        private readonly target: URL,
    ) {}

    get url(): string {
        return `http://127.0.0.1:${this.port}`;
    }

    static async to(address: string): Promise<Line> {
        const target = new URL(address);
        const server = createServer();
        const port = await new Promise<number>((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
        const line = new Line(server, port, target);
        line.pass();
        return line;
    }

    private pass(): void {
        this.server.on("connection", (near) => {
            const far = connect(Number(this.target.port), this.target.hostname);
            for (const [socket, other] of [
                [near, far],
                [far, near],
            ] as const) {
                this.sockets.add(socket);
                socket.pipe(other);
                socket.on("error", () => other.destroy());
                socket.on("close", () => {
                    this.sockets.delete(socket);
                    other.destroy();
                });
            }
        });
    }

    /** Nothing passes, and nobody answers. */
    async cut(): Promise<void> {
        const closed = new Promise((resolve) => this.server.close(resolve));
        for (const socket of this.sockets) socket.destroy();
        await closed;
    }

    async mend(): Promise<void> {
        this.server = createServer();
        this.pass();
        await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    }
}
