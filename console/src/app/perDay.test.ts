import { expect, test } from "vitest";
import { perDay } from "./perDay";

test("days of nothing are there, and what is older is not", () => {
    const items = [
        { day: "2030-01-03", good: 2, bad: 1 },
        { day: "2030-01-03", good: 3, bad: 0 },
        { day: "2029-12-30", good: 9, bad: 9 },
    ];
    expect(perDay(items, ({ day }) => day, ({ good, bad }) => [good, bad], "2030-01-04", 3)).toEqual([
        { day: "2030-01-02", values: [0, 0] },
        { day: "2030-01-03", values: [5, 1] },
        { day: "2030-01-04", values: [0, 0] },
    ]);
});
