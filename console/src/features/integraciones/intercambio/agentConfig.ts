// What the program at the customer's machine reads: `campo-agent.toml`, and the commands that go with it.

export type System = "linux" | "windows";
export type AgentFolders = { reads: string; into: string; writes: string };

/** TOML writes a basic string as JSON does. */
const quoted = (text: string) => JSON.stringify(text);

export const usualFolders = (system: System): Pick<AgentFolders, "reads" | "writes"> => (system === "linux" ? { reads: "/srv/erp/salida", writes: "/srv/erp/entrada" } : { reads: "C:\\ERP\\salida", writes: "C:\\ERP\\entrada" });

const stateFolder = (system: System) => (system === "linux" ? "/var/lib/campo-agent" : "C:\\ProgramData\\Campo");

export function agentConfig({ server, code, system, reads, into, writes }: { server: string; code: string; system: System } & AgentFolders): string {
    const lines = [`server = ${quoted(server)}`, `code = ${quoted(code)}`, `state = ${quoted(stateFolder(system))}`];
    if (reads.trim()) lines.push("", "[[in]]", `folder = ${quoted(reads.trim())}`, `to = ${quoted(["in", into].filter(Boolean).join("/"))}`, 'then = "move"');
    if (writes.trim()) lines.push("", "[[out]]", 'from = "out"', `folder = ${quoted(writes.trim())}`);
    return `${lines.join("\n")}\n`;
}

/** What is typed there: whether all is well, and how it stays running. */
export const agentCommands = (system: System): { check: string; stay: string } =>
    system === "linux"
        ? { check: "campo-agent --config /etc/campo-agent.toml status", stay: "systemctl enable --now campo-agent" }
        : {
              check: '"C:\\Program Files\\Campo\\campo-agent.exe" --config C:\\ProgramData\\Campo\\campo-agent.toml status',
              stay: 'schtasks /create /tn campo-agent /sc onstart /ru "NT AUTHORITY\\NETWORK SERVICE" /tr "\\"C:\\Program Files\\Campo\\campo-agent.exe\\" --config C:\\ProgramData\\Campo\\campo-agent.toml run"',
          };
