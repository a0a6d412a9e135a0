import { expect, test } from "vitest";
import { agentConfig } from "./agentConfig";

test("the file says where Campo is, by which code, and the folders in and out", () => {
    expect(agentConfig({ server: "https://campo.example.com", code: "campo_1", system: "windows", reads: "C:\\ERP\\sal", into: "tareas", writes: "C:\\ERP\\ent" })).toBe(
        [
            'server = "https://campo.example.com"',
            'code = "campo_1"',
            'state = "C:\\\\ProgramData\\\\Campo"',
            "",
            "[[in]]",
            'folder = "C:\\\\ERP\\\\sal"',
            'to = "in/tareas"',
            'then = "move"',
            "",
            "[[out]]",
            'from = "out"',
            'folder = "C:\\\\ERP\\\\ent"',
            "",
        ].join("\n"),
    );
});

test("a folder that is not named is not in it", () => {
    const text = agentConfig({ server: "https://campo.example.com", code: "c", system: "linux", reads: "", into: "", writes: "/srv/a" });
    expect(text).not.toContain("[[in]]");
    expect(text).toContain("[[out]]");
});
