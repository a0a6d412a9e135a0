// A technician's phone for the tests: the real core of the app, in a process of its own, that takes a line of JSON for each
// thing that a worker does.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { type Api, BINARY } from "./server";

type Shown = { in_session: boolean; unsent_entries: number; tasks: { id: string; number: string }[] };

export class Phone {
    private readonly folder = mkdtempSync(join(tmpdir(), "campo-phone-"));
    private readonly child: ChildProcess;
    private readonly lines: Interface;
    private taps = 0;

    private constructor() {
        this.child = spawn(BINARY, ["demo", "phone", this.folder], { stdio: ["pipe", "pipe", "inherit"] });
        if (!this.child.stdout) throw new Error("the phone has no output");
        this.lines = createInterface({ input: this.child.stdout });
    }

    /** A phone of the employee with this number, enrolled and in session. */
    static async of(api: Api, number: string): Promise<Phone> {
        await api.send("PUT", `/v1/employees/number:${number}/pin`, { pin: "7305" });
        const { code } = await api.send<{ code: string }>("POST", "/v1/enrolments", { name: `Teléfono de ${number}`, roster: { employees: [`number:${number}`] } });
        const phone = new Phone();
        await phone.ask({ order: "enrol", server: api.url, code });
        await phone.ask({ order: "open_session", intent: "session-1", pin: "7305" });
        return phone;
    }

    async ask(order: object): Promise<Shown> {
        const answered = new Promise<string>((resolve) => this.lines.once("line", resolve));
        this.child.stdin?.write(`${JSON.stringify(order)}\n`);
        const reply = JSON.parse(await answered) as { done?: Shown; failed?: string };
        if (!reply.done) throw new Error(`the phone: ${reply.failed}`);
        return reply.done;
    }

    /** Takes a step with a task, and sends it. */
    async step(task: string, step: string, reason?: string): Promise<void> {
        this.taps += 1;
        await this.ask({ order: "capture", intent: `tap-${this.taps}`, deed: { deed: "step", task, step, reason: reason ?? null }, place: { latitude: 4.61, longitude: -74.08, accuracy_m: 12 } });
        await this.ask({ order: "sync" });
    }

    sync = () => this.ask({ order: "sync" });

    end(): void {
        this.child.stdin?.end();
        this.child.kill();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
