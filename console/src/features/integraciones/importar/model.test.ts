import { expect, test } from "vitest";
import { codeOf, constantsPatch, fits, grouped, patternOf, sampleName, sureness, templateBody, withField } from "./model";
import type { Draft, DraftColumn } from "./queries";

const column = (letter: string, heading: string, mapped: object[] = [], more: object = {}) => ({ letter, heading, samples: ["x"], filled: 3, looks: "text", mapped, ...more }) as unknown as DraftColumn;

test("a pattern leaves open what changes from day to day, and fits as the server reads it", () => {
    expect(patternOf("Programación diciembre v2 (definitiva).xlsx")).toBe("Programación diciembre*.xlsx");
    expect(patternOf("tareas_20261130.csv")).toBe("tareas*.csv");
    expect(patternOf("2026.csv")).toBe("*.csv");
    expect(fits("tareas_{fecha:yyyyMMdd}*.xlsx", "TAREAS_20261130-b.xlsx")).toBe(true);
    expect(fits("tareas_{fecha:yyyyMMdd}.xlsx", "tareas_2026.xlsx")).toBe(false);
    expect(fits("lote{n}.csv", "lote42.csv")).toBe(true);
    expect(fits("lote(1).csv", "lote(1).csv")).toBe(true);
    expect(fits("lote{", "lote{")).toBeUndefined();
    expect(fits("{algo}", "x")).toBeUndefined();
});

test("a name becomes a code", () => {
    expect(codeOf("  Órdenes de trabajo – El Porvenir ")).toBe("ordenes-de-trabajo-el-porvenir");
});

test("another field forgets how the old one was read", () => {
    const one = column("C", "FECHA", [{ letter: "C", field: "due_date", date_order: "day_month_year", required: true }]);
    expect(withField(one, 0, { field: "start_date" })).toEqual([{ field: "start_date" }]);
    expect(withField(one, 0, { required: false })).toEqual([{ field: "due_date", date_order: "day_month_year", required: false }]);
    expect(withField(one, 1, { field: "notes" })).toHaveLength(2);
    expect(withField(one, 0, null)).toEqual([]);
});

test("why a column fills its field", () => {
    const proposal = { field: "notes", why: "synonym", message: "", how_sure: "likely" };
    const none = { questions: [] };
    expect(sureness(column("A", "Notas", [{ field: "notes" }], { proposal }), none)).toEqual({ level: 2, kind: "proposal" });
    expect(sureness(column("A", "Notas", [{ field: "data1" }], { proposal }), none)).toEqual({ level: 3, kind: "chosen" });
    expect(sureness(column("A", "Notas", []), none)).toEqual({ level: 0, kind: "nothing" });
    expect(sureness(column("A", "F", [{ field: "due_date" }]), { questions: [{ column: "A" }] } as unknown as Draft)).toEqual({ level: 1, kind: "open" });
});

test("a template names its columns by headings, where these tell them apart", () => {
    const draft = {
        makes: "tasks",
        columns: [column("A", "N°", [{ letter: "A", field: "external_number" }]), column("B", "Fecha", [{ letter: "B", field: "start_date" }]), column("C", "FECHA", [{ letter: "C", field: "due_date" }])],
        constants: { type: "PREV" },
        options: { operation: "auto_select", key: "external_number", unknown_poi: "refuse", repeated: "last" },
        reading: { sheet: { value: "Hoja1", found: true }, heading_row: { value: 3, found: false }, first_row: { value: 4, found: true }, hidden_rows: "take", hidden_count: 0 },
    } as unknown as Draft;
    expect(templateBody(draft)).toMatchObject({
        columns: [{ field: "external_number", heading: "N°" }, { field: "start_date", letter: "B" }, { field: "due_date", letter: "C" }],
        sheet: null,
        heading_row: 3,
        zone: null,
    });
});

test("constants that are gone are taken away", () => {
    expect(constantsPatch({ type: "PREV", status: "new" }, { type: "CORR" })).toEqual({ status: null, type: "CORR" });
});

test("faults that say the same stand once", () => {
    const faults = [
        { row: 17, column: "E", message: "«32/13/2026» no es una fecha" },
        { row: 88, column: "B", message: "falta" },
        { row: 90, column: "B", message: "falta" },
        { row: 91, message: "ya está" },
    ];
    expect(grouped(faults)).toEqual([
        { cell: "E17", message: "«32/13/2026» no es una fecha", rows: 1 },
        { cell: "B88", message: "falta", rows: 2 },
        { cell: "91", message: "ya está", rows: 1 },
    ]);
});

test("a sample has a name that the pattern takes", () => {
    for (const [pattern, name] of [["ordenes*.xlsx", "ordenes_ejemplo.xlsx"], ["OT_{fecha:yyyyMMdd}_{n}.csv", "OT_20300115_1.csv"], ["*", "ejemplo.xlsx"]] as const) {
        expect(sampleName(pattern)).toBe(name);
        expect(fits(pattern, name)).toBe(true);
    }
});
