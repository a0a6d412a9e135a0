// What the stream says, without a screen.

export type Counters = Record<string, number>;

/** The first words of the keys of the queries that a topic concerns. A topic that is not here is such a word itself. */
export const TOPICS: Record<string, string[]> = {
    entries: ["entries", "tasks", "timesheets", "messages", "set-aside"],
    events: ["events", "deliveries", "channels"],
    changes: ["tasks", "pois", "employees", "groups", "definitions"],
    imports: ["imports", "templates", "received"],
    channels: ["channels", "deliveries"],
    installations: ["installations", "enrolments"],
    transfers: ["received", "intakes", "exports", "remotes", "agents", "keys"],
};

/** The topics of which the counter is another one than before: also a smaller one, after a restored backup. */
export const risen = (before: Counters, now: Counters): string[] => Object.keys(now).filter((topic) => before[topic] !== now[topic]);

/** The whole events of what arrived, and what is not whole yet. Comments keep the connection alive and say nothing. */
export function eventsIn(text: string): { events: Counters[]; rest: string } {
    const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
    const rest = blocks.pop() ?? "";
    const events = blocks.flatMap((block) => {
        const lines = block.split("\n");
        const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
        const data = lines
            .filter((line) => line.startsWith("data:"))
            .map((line) => line.slice(5).trimStart())
            .join("\n");
        if (name !== "topics" || !data) return [];
        try {
            return [JSON.parse(data) as Counters];
        } catch {
            return [];
        }
    });
    return { events, rest };
}
