import { expect, test } from "vitest";
import { changesBetween, clashes, merged } from "./changes";

test("an edit sends what differs, and null for what is gone", () => {
    expect(changesBetween({ name: "a", email: "x", skills: [1] }, { name: "b", skills: [1], zone: undefined })).toEqual({ name: "b", email: null });
});

test("only what both changed to different values clashes", () => {
    const start = { name: "a", note: "n", zone: "z" };
    expect(clashes(start, { ...start, name: "mine", note: "same" }, { ...start, name: "theirs", note: "same", zone: "other" })).toEqual([{ field: "name", mine: "mine", theirs: "theirs" }]);
});

test("what was changed here stands over what was changed elsewhere", () => {
    const start = { name: "a", zone: "z" };
    expect(merged(start, { name: "mine", zone: "z" }, { name: "a", zone: "theirs" })).toEqual({ name: "mine", zone: "theirs" });
});
