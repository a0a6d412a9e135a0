import { expect, test } from "vitest";
import { stacked } from "./DayCurves";

const day = (id: string, ...values: number[]) => ({ id, label: id, values });

test("parts lie one upon the other, the highest sum at the top", () => {
    const [low, high] = stacked([day("a", 1, 1), day("b", 4, 0)], [0, 1]);
    expect(low?.line).toBe("M250.0 29.75L750.0 2.00");
    expect(high?.line).toBe("M250.0 20.50L750.0 2.00");
    expect(high?.area).toBe("M250.0 20.50L750.0 2.00L750.0 2.00L250.0 29.75Z");
});

test("one day is as wide as all, and nothing is drawn below the ground", () => {
    expect(stacked([day("a", 0)], [0])).toEqual([{ area: "M0 39.00L1000 39.00L1000 39.00L0 39.00Z", line: "M0 39.00L1000 39.00" }]);
});
