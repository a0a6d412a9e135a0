// A customer's system that receives notifications: it keeps what came, and answers as it is told.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { path: string; headers: Record<string, string | string[] | undefined>; body: string };

export class Receiver {
    readonly received: Received[] = [];
    status = 200;
    answer = "ok";

    private constructor(
        private readonly server: Server,
        readonly url: string,
    ) {}

    static async listening(): Promise<Receiver> {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const receiver = new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        server.on("request", (request, response) => {
            let body = "";
            request.on("data", (part) => {
                body += part;
            });
            request.on("end", () => {
                receiver.received.push({ path: request.url ?? "", headers: request.headers, body });
                response.statusCode = receiver.status;
                response.end(receiver.answer);
            });
        });
        return receiver;
    }

    end(): void {
        this.server.closeAllConnections();
        this.server.close();
    }
}
