import { expect, test } from "vitest";
import { asTable, between, toggled } from "./rows";

test("a range holds both ends in either direction", () => {
    const keys = ["a", "b", "c", "d"];
    expect(between(keys, "b", "d")).toEqual(["b", "c", "d"]);
    expect(between(keys, "d", "b")).toEqual(["b", "c", "d"]);
    expect(between(keys, "gone", "c")).toEqual(["c"]);
    expect(between(keys, "a", "gone")).toEqual([]);
});

test("a toggled row changes no other, nor the set that was given", () => {
    const before = new Set(["a"]);
    expect([...toggled(before, "b")]).toEqual(["a", "b"]);
    expect([...toggled(before, "a")]).toEqual([]);
    expect([...before]).toEqual(["a"]);
});

test("what is copied pastes into a spreadsheet as text, never as a formula", () => {
    const columns = [
        { header: "N.º", text: (row: string[]) => row[0] ?? "" },
        { header: "mark" },
        { header: "Cliente", text: (row: string[]) => row[1] ?? "" },
    ];
    expect(asTable(columns, [["1", "=1+1"], ["-2,5", "a\t\"b\""], ["3", "-x"]])).toBe("N.º\tCliente\n1\t'=1+1\n-2,5\t\"a\t\"\"b\"\"\"\n3\t'-x");
});
