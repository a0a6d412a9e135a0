import { expect, test } from "vitest";
import { changesBetween } from "~/app/changes";
import type { Item } from "../queries";
import { CATALOGUE, columnsIn, columnsOf, fieldOf, itemBody, itemDraft, nested, ownCode, tablesIn } from "./tables";

const item = (table: string, code: string, values?: Record<string, string>) => ({ id: code, table, code, name: code, values, version: 1 }) as unknown as Item;
const lima = item("cities", "cities:7", { "Región": "Costa", "m/s": "3" });

test("tables are counted by their items, the catalogue first", () => {
    expect(tablesIn([item("Zonas", "Zonas:1"), lima, item("cities", "cities:8", { Área: "2" }), item(CATALOGUE, "CABLE")])).toEqual([
        { code: CATALOGUE, items: 1, columns: [] },
        { code: "cities", items: 2, columns: ["Área", "m/s", "Región"] },
        { code: "Zonas", items: 1, columns: [] },
    ]);
    expect(tablesIn([])).toEqual([]);
});

test("a row has its own code behind that of its table, an item of the catalogue its code", () => {
    expect([lima, item(CATALOGUE, "a:b"), item("cities", "cities:a:b")].map(ownCode)).toEqual(["7", "a:b", "a:b"]);
});

test("what was not touched changes nothing, and each column changes alone", () => {
    const before = itemDraft(lima, "cities");
    const changes = (after: typeof before) => nested(changesBetween(itemBody(before), itemBody(after)));
    expect(changes(before)).toEqual({});
    expect(changes({ ...before, [fieldOf("m/s")]: "4", [fieldOf("Alcalde")]: "" })).toEqual({ values: { "m/s": "4" } });
    // An empty column is taken out; the others stay.
    expect(changes({ ...before, [fieldOf("Región")]: " " })).toEqual({ values: { "Región": null } });
    expect(changes({ ...before, code: "9" })).toEqual({ code: "cities:9" });
});

test("a new item takes its code from its name where none is typed", () => {
    const draft = { ...itemDraft(undefined, "causas"), name: " Sin energía ", [fieldOf("a~b")]: "x" };
    expect(nested(itemBody(draft))).toEqual({ table: "causas", code: "causas:sin-energia", name: "Sin energía", category: "", unit: "", values: { "a~b": "x" } });
    expect(nested(itemBody({ ...itemDraft(undefined, CATALOGUE), code: "K-1", name: "Cable" }))).toMatchObject({ table: CATALOGUE, code: "K-1" });
});

test("a form shows the columns of the table and those of the item", () => {
    expect(columnsIn([lima, item("cities", "cities:8")])).toEqual(["m/s", "Región"]);
    expect(columnsOf(itemDraft(lima, "cities"), ["Alcalde", "Región"])).toEqual(["Alcalde", "m/s", "Región"]);
});
