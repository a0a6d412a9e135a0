import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { askAnew } from "./anew";

test("what changes all the time is still answered, and the last change is seen", async () => {
    vi.useFakeTimers();
    const queries = new QueryClient();
    let [changes, asked] = [0, 0];
    const observer = new QueryObserver(queries, {
        queryKey: ["tasks"],
        queryFn: async () => {
            const seen = changes;
            asked += 1;
            await new Promise((resolve) => setTimeout(resolve, 300));
            return seen;
        },
    });
    const stop = observer.subscribe(() => {});
    await vi.advanceTimersByTimeAsync(300);
    const anew = askAnew(queries);
    const answers = new Set<unknown>();
    for (changes = 1; changes < 30; changes += 1) {
        anew(({ queryKey }) => queryKey[0] === "tasks");
        await vi.advanceTimersByTimeAsync(100);
        answers.add(queries.getQueryData(["tasks"]));
    }
    anew(({ queryKey }) => queryKey[0] === "tasks");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers.size).toBeGreaterThan(5);
    expect(queries.getQueryData(["tasks"])).toBe(30);
    expect(asked).toBeLessThan(15);
    stop();
    vi.useRealTimers();
});
