import { expect, test } from "vitest";
import { agentWords } from "./agent";

test("what a browser says it is becomes two words", () => {
    expect(agentWords("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0")).toBe("Edge · Windows");
    expect(agentWords("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1")).toBe("Safari · iOS");
    expect(agentWords("curl/8.9")).toBe("curl/8.9");
    expect(agentWords(null)).toBeUndefined();
});
