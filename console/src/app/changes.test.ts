import { expect, test } from "vitest";
import { changesBetween, clashes, merged } from "./changes";

test("an edit sends what differs, and null for what is gone", () => {
    expect(changesBetween({ name: "a", email: "x", skills: [1] }, { name: "b", skills: [1], zone: undefined })).toEqual({ name: "b", email: null });
});

test("what is gone from an object within the object is null, too: a merge patch would keep it", () => {
    expect(changesBetween({ document: { kind: "b", types: { form: 60, photo: 2 } } }, { document: { kind: "a", types: { form: 61 } } })).toEqual({ document: { kind: "a", types: { form: 61, photo: null } } });
    expect(changesBetween({ list: [1, 2] }, { list: [1] })).toEqual({ list: [1] });
});

test("only what both changed to different values clashes", () => {
    const start = { name: "a", note: "n", zone: "z" };
    expect(clashes(start, { ...start, name: "mine", note: "same" }, { ...start, name: "theirs", note: "same", zone: "other" })).toEqual([{ field: "name", mine: "mine", theirs: "theirs" }]);
});

test("what was changed here stands over what was changed elsewhere", () => {
    const start = { name: "a", zone: "z" };
    expect(merged(start, { name: "mine", zone: "z" }, { name: "a", zone: "theirs" })).toEqual({ name: "mine", zone: "theirs" });
});
