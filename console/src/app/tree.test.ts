import { expect, test } from "vitest";
import { groupOptions, groupTree, withBelow } from "./tree";

const group = (id: string, name: string, parent?: string) => ({ id, code: id, name, parent: parent ?? null });
const groups = [group("b", "Norte", "a"), group("a", "Bogotá"), group("c", "Ánimas", "a"), group("d", "Lima", "missing")];

test("groups stand below each other, sorted by name without regard to accents", () => {
    expect(groupTree(groups).map(({ group: { id }, depth }) => [id, depth])).toEqual([["a", 0], ["c", 1], ["b", 1], ["d", 0]]);
});

test("groups that name each other in a circle end nothing", () => {
    const circle = [group("x", "X", "y"), group("y", "Y", "x")];
    expect(groupTree(circle)).toEqual([]);
    expect(withBelow(circle, "x")).toEqual(new Set(["x", "y"]));
});

test("a group to choose from says what it stands below", () => {
    expect(groupOptions(groups).find(({ id }) => id === "b")).toMatchObject({ label: "Norte", detail: "Bogotá" });
});
