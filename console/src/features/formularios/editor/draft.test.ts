import { expect, test } from "vitest";
import { changesBetween } from "~/app/changes";
import type { Form } from "../queries";
import { formBody, formDraft, idFor, newQuestion, readChoices } from "./draft";

const form = {
    code: "VISITA",
    name: "Visita",
    category: "",
    groups: [],
    profiles: [],
    fields: [
        { id: "comment", label: "Comentario", kind: "text", hint: { en: "kept" } },
        { id: "state", label: "Estado", kind: "choice", required: true, choices: [{ value: "1", text: "Bueno" }, { value: "Malo", text: "Malo" }] },
        { id: "city", label: "Ciudad", kind: "choices", choices_from: "ciudades" },
        { id: "gauges", label: "Equipos", kind: "table", minimum: 1, columns: [{ id: "psi", label: "Presión", kind: "number", minimum: 0, maximum: 500 }] },
    ],
} as unknown as Form;

test("a form that was not touched changes nothing, what this page does not know included", () => {
    expect(formBody(formDraft(form)).fields).toEqual(form.fields);
    expect(changesBetween(formBody(formDraft(form)), formBody(formDraft(form)))).toEqual({});
});

test("choices are typed a line each, with their value where it differs", () => {
    expect(readChoices("1 = Bueno\n\n  Malo \n3\tRegular\n")).toEqual([{ value: "1", text: "Bueno" }, { value: "Malo", text: "Malo" }, { value: "3", text: "Regular" }]);
    expect(formDraft(form).questions[1]?.choices).toBe("1 = Bueno\nMalo");
});

test("a new question gets an id of its label that nobody has", () => {
    const draft = formDraft(form);
    const fields = formBody({ ...draft, questions: [...draft.questions, { ...newQuestion(), label: "Comment" }, { ...newQuestion("number"), label: "Presión de aceite", minimum: "0,5" }, { ...newQuestion(), label: "¿?" }] }).fields;
    expect(fields.slice(4)).toEqual([
        { id: "comment_2", label: "Comment", kind: "text" },
        { id: "presion_de_aceite", label: "Presión de aceite", kind: "number", minimum: 0.5 },
        { id: "pregunta", label: "¿?", kind: "text" },
    ]);
    expect(idFor("Año", new Set(["ano", "ano_2"]))).toBe("ano_3");
});

test("a question chooses from a table or from its own choices, not from both", () => {
    const draft = formDraft(form);
    const [, choice, city] = draft.questions;
    expect(formBody({ ...draft, questions: [{ ...choice!, from: "ciudades" }, { ...city!, from: "", choices: "Lima" }] }).fields).toEqual([
        { id: "state", label: "Estado", kind: "choice", required: true, choices_from: "ciudades" },
        { id: "city", label: "Ciudad", kind: "choices", choices: [{ value: "Lima", text: "Lima" }] },
    ]);
});

test("what another kind does not have is left out", () => {
    const draft = formDraft(form);
    const [, choice] = draft.questions;
    expect(formBody({ ...draft, questions: [{ ...choice!, kind: "signature", minimum: "2" }] }).fields).toEqual([{ id: "state", label: "Estado", kind: "signature", required: true }]);
});
