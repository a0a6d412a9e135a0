import { expect, test } from "vitest";
import { changesBetween } from "~/app/changes";
import type { TaskType } from "../queries";
import { freeField, moved, typeBody, typeDraft } from "./draft";

const type = { code: "PREV", name: "Preventivo", planned_minutes: 60, status_labels: { custom1: "En bodega", custom2: "En espera" }, data_labels: [{ field: "data2", label: "Nivel", order: 2, visible: true }, { field: "data1", label: "Contrato", order: 1, visible: false }] } as unknown as TaskType;

test("labels stand in their order, and moving one writes the order anew", () => {
    const draft = typeDraft(type);
    expect(draft.labels.map(({ field }) => field)).toEqual(["data1", "data2"]);
    expect(changesBetween(typeBody(draft), typeBody(draft))).toEqual({});
    expect(typeBody({ ...draft, labels: moved(draft.labels, 1, -1) }).data_labels).toEqual([
        { field: "data2", label: "Nivel", order: 1, visible: true },
        { field: "data1", label: "Contrato", order: 2, visible: false },
    ]);
    expect(freeField(draft.labels)).toBe("data3");
});

test("a word for a status that is emptied is taken away", () => {
    const draft = typeDraft(type);
    expect(changesBetween(typeBody(draft), typeBody({ ...draft, statusLabels: { ...draft.statusLabels, custom2: "" }, minutes: "" }))).toEqual({ status_labels: { custom2: null }, planned_minutes: null });
});
