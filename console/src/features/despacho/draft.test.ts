import { expect, test } from "vitest";
import { changesOf, clashes, draftOf, merged, newDraft } from "./draft";
import type { Task } from "./queries";

test("a new task sends what is filled, a changed one what differs", () => {
    const blank = newDraft("2026-12-03");
    expect(changesOf({ ...blank, customer_name: "Clínica", start: "2026-12-03T09:30", data: { data1: "x", data2: "" } }, blank, "America/Bogota", false)).toEqual({
        customer_name: "Clínica",
        start: { local: "2026-12-03T09:30", zone: "America/Bogota" },
        priority: "not_set",
        data: { data1: "x" },
    });
    const before = draftOf({ customer_name: "Clínica", start: { local: "2026-12-03T09:30:00", zone: "America/Bogota" }, data: { data1: "x" }, duration_minutes: 90, location: { address: "Calle 10", latitude: 4.6, longitude: -74 } } as unknown as Task);
    expect(changesOf(before, before, "America/Bogota", true)).toEqual({});
    expect(changesOf({ ...before, start: "", duration_minutes: "una hora", data: { data1: "" }, place: "" }, before, "America/Bogota", true)).toEqual({
        start: null,
        duration_minutes: "una hora",
        data: { data1: null },
        location: { address: "Calle 10", latitude: null, longitude: null },
    });
});

test("two who change one task clash only where both changed the same field otherwise", () => {
    const mine = { ...newDraft(""), customer_name: "A", notes: "n", address: "d" };
    const theirs = { ...mine, customer_name: "B", notes: "m" };
    const draft = { ...mine, customer_name: "C", address: "e" };
    expect(clashes(draft, mine, theirs)).toEqual(["customer_name"]);
    expect(merged(draft, mine, theirs, new Set())).toMatchObject({ customer_name: "B", notes: "m", address: "e" });
    expect(merged(draft, mine, theirs, new Set(["customer_name" as const]))).toMatchObject({ customer_name: "C", notes: "m", address: "e" });
});
