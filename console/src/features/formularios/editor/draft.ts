// A form as its editor holds it, without a screen.
import { codeOf, folded } from "~/app/words";
import type { Form, FormField } from "../queries";

export type Kind = FormField["kind"];
export type Question = {
    /** Stands for the question while it is edited; never sent. */
    key: string;
    id: string;
    /** Its id follows its label until somebody types one, or it was published. */
    idFollows: boolean;
    label: string;
    kind: Kind;
    required: boolean;
    minimum: string;
    maximum: string;
    /** A line each: the text, or `value = text`. */
    choices: string;
    /** The look-up table from which one chooses instead; empty for the choices above. */
    from: string;
    columns: Question[];
    /** Members that this page does not know, kept as they came. */
    kept: Record<string, unknown>;
};
export type FormDraft = { code: string; name: string; category: string; groups: string[]; profiles: string[]; questions: Question[] };

export const KINDS: Kind[] = ["text", "number", "date", "choice", "choices", "photo", "signature", "location", "table"];
export const hasLimits = (kind: Kind) => ["text", "number", "choices", "photo", "table"].includes(kind);
export const isChosen = (kind: Kind) => kind === "choice" || kind === "choices";

let made = 0;
const nextKey = () => `q${(made += 1)}-${Date.now().toString(36)}`;

export const newQuestion = (kind: Kind = "text"): Question => ({ key: nextKey(), id: "", idFollows: true, label: "", kind, required: false, minimum: "", maximum: "", choices: "", from: "", columns: [], kept: {} });

const line = ({ value, text }: { value: string; text: string }) => (value === text ? text : `${value} = ${text}`);

/** `1 = Bueno` or, as pasted from a spreadsheet, `1<tab>Bueno`; a text alone is its own value. */
export function readChoices(text: string): { value: string; text: string }[] {
    return text
        .split("\n")
        .map((each) => each.trim())
        .filter(Boolean)
        .map((each) => {
            const [, value, words] = /^(.+?)\s*(?:\t|=)\s*(.+)$/.exec(each) ?? [];
            return value && words ? { value: value.trim(), text: words.trim() } : { value: each, text: each };
        });
}

const limit = (value: number | null | undefined) => (value == null ? "" : String(value));

function question(field: FormField): Question {
    const { id, label, kind, required, minimum, maximum, choices, choices_from, columns, ...kept } = field;
    return { key: id, id, idFollows: false, label, kind, required: required ?? false, minimum: limit(minimum), maximum: limit(maximum), choices: (choices ?? []).map(line).join("\n"), from: choices_from ?? "", columns: (columns ?? []).map(question), kept };
}

export const formDraft = (form?: Form): FormDraft => ({ code: form?.code ?? "", name: form?.name ?? "", category: form?.category ?? "", groups: form?.groups ?? [], profiles: form?.profiles ?? [], questions: (form?.fields ?? []).map(question) });

/** `Presión de aceite` → `presion_de_aceite`, another one where it is taken. */
export function idFor(label: string, taken: ReadonlySet<string>): string {
    const own = codeOf(folded(label)).replaceAll("-", "_").slice(0, 60) || "pregunta";
    let id = own;
    for (let number = 2; taken.has(id); number += 1) id = `${own}_${number}`;
    return id;
}

const numberOf = (text: string) => {
    const number = Number(text.trim().replace(",", "."));
    return Number.isFinite(number) ? number : text.trim();
};

function field(one: Question, taken: Set<string>): Record<string, unknown> {
    const id = one.id.trim() || idFor(one.label, taken);
    taken.add(id);
    return {
        ...one.kept,
        id,
        label: one.label.trim(),
        kind: one.kind,
        ...(one.required ? { required: true } : {}),
        ...(hasLimits(one.kind) && one.minimum.trim() ? { minimum: numberOf(one.minimum) } : {}),
        ...(hasLimits(one.kind) && one.maximum.trim() ? { maximum: numberOf(one.maximum) } : {}),
        ...(isChosen(one.kind) ? (one.from ? { choices_from: one.from } : { choices: readChoices(one.choices) }) : {}),
        ...(one.kind === "table" ? { columns: one.columns.map((column) => field(column, taken)) } : {}),
    };
}

const idsOf = (questions: readonly Question[]): string[] => questions.flatMap((one) => [one.id.trim(), ...idsOf(one.columns)]).filter(Boolean);

export function formBody(draft: FormDraft) {
    const taken = new Set(idsOf(draft.questions));
    return {
        code: draft.code.trim() || codeOf(draft.name).toUpperCase(),
        name: draft.name.trim(),
        category: draft.category.trim(),
        groups: draft.groups,
        profiles: draft.profiles,
        fields: draft.questions.map((one) => field(one, taken)),
    };
}
