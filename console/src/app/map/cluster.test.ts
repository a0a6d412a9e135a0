import { expect, test } from "vitest";
import { clustered } from "./cluster";
import { boundsOf } from "./geometry";

const at = (id: string, x: number, y: number) => ({ id, x, y });

test("pins that would cover each other become one, and what is off the screen none", () => {
    const spots = clustered([at("a", 10, 10), at("b", 12, 12), at("c", 300, 200), at("d", -500, 0)], (item) => item, 400, 300);
    expect(spots.map((spot) => spot.items.map((item) => item.id))).toEqual([["a", "b"], ["c"]]);
});

test("two that are near each other become one wherever they lie", () => {
    expect(clustered([at("a", 75, 27), at("b", 78, 29)], (item) => item, 400, 300)).toHaveLength(1);
    expect(clustered([at("a", 0, 0), at("b", 80, 0)], (item) => item, 400, 300)).toHaveLength(2);
});

test("the chosen one comes last, on top, and first of those that it covers", () => {
    const spots = clustered([at("a", 10, 10), at("b", 12, 12), at("c", 300, 200)], (item) => item, 400, 300, "b");
    expect(spots.map((spot) => spot.items.map((item) => item.id))).toEqual([["c"], ["b", "a"]]);
});

test("bounds hold every point", () => {
    expect(boundsOf([])).toBeUndefined();
    expect(boundsOf([{ latitude: 4, longitude: -74 }, { latitude: -12, longitude: -77 }])).toEqual([-77, -12, -74, 4]);
});
