const BROWSERS: [RegExp, string][] = [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrome\//, "Chrome"],
    [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
    [/iPhone|iPad/, "iOS"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X/, "macOS"],
    [/Linux/, "Linux"],
];

/** "Firefox · Windows", from what a browser says it is; nothing where it says nothing that is known. */
export function agentWords(agent: string | null | undefined): string | undefined {
    const find = (known: [RegExp, string][]) => known.find(([pattern]) => pattern.test(agent ?? ""))?.[1];
    const words = [find(BROWSERS), find(SYSTEMS)].filter(Boolean);
    return words.length > 0 ? words.join(" · ") : agent?.split(" ")[0] || undefined;
}
