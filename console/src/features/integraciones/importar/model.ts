// What a mapping means, without a screen.
import { folded } from "~/app/words";
import type { Draft, DraftColumn, Mapped } from "./queries";

/** A mapped column as a change sends it: the letter stands in its key. */
export function sent({ heading: _, letter: __, ...rest }: Mapped): Omit<Mapped, "heading" | "letter"> {
    return rest;
}

/** The whole list of what a column fills, with one of them put, changed or taken away. */
export function withField(column: DraftColumn, place: number, next: Partial<Mapped> | null): Omit<Mapped, "heading" | "letter">[] {
    const list = column.mapped.map(sent);
    if (next === null) return list.filter((_, index) => index !== place);
    const before = list[place];
    const field = next.field ?? before?.field ?? "";
    // Another field is read in another way: what was said of the old one would be wrong of it.
    const kept = before && before.field === field ? before : {};
    const changed = { ...kept, ...next, field } as Omit<Mapped, "heading" | "letter">;
    return place < list.length ? list.map((one, index) => (index === place ? changed : one)) : [...list, changed];
}

/** Which column fills each field. */
export function filledBy(columns: readonly DraftColumn[]): Map<string, string> {
    return new Map(columns.flatMap((column) => column.mapped.map((one) => [one.field, column.letter] as const)));
}

export type Sure = { level: 0 | 1 | 2 | 3; kind: "template" | "proposal" | "chosen" | "open" | "nothing" | "blank" };

/** Why a column fills what it fills, and how sure that is. */
export function sureness(column: DraftColumn, draft: Pick<Draft, "questions" | "template">): Sure {
    if (draft.questions?.some((question) => question.column === column.letter)) return { level: 1, kind: "open" };
    const [first] = column.mapped;
    if (!first) return column.filled === 0 ? { level: 0, kind: "blank" } : { level: 0, kind: "nothing" };
    if (draft.template) return { level: 3, kind: "template" };
    if (column.proposal && column.mapped.some((one) => one.field === column.proposal?.field)) return { level: column.proposal.how_sure === "sure" ? 3 : 2, kind: "proposal" };
    return { level: 3, kind: "chosen" };
}

/** A mapping by letters as a template keeps it: by headings, where these tell the columns apart. */
export function templateBody(draft: Draft): Record<string, unknown> {
    const columns = draft.columns ?? [];
    const count = (heading: string) => columns.filter((one) => same(one.heading, heading)).length;
    const named = columns.flatMap((column) =>
        column.mapped.map((one) => {
            const byHeading = column.heading !== "" && count(column.heading) === 1 && !one.join?.length;
            return { ...sent(one), ...(byHeading ? { heading: column.heading } : { letter: column.letter }) };
        }),
    );
    const { reading, options } = draft;
    const set = <T>(part: { value: T; found: boolean } | null | undefined) => (part && !part.found ? part.value : null);
    return {
        makes: draft.makes,
        columns: named,
        constants: draft.constants,
        operation: options.operation,
        key: options.key ?? null,
        zone: options.zone ?? null,
        unknown_poi: options.unknown_poi,
        repeated: options.repeated,
        all_or_nothing: options.all_or_nothing,
        unlisted: options.unlisted,
        unlisted_parent: options.unlisted_parent ?? null,
        sheet: set(reading?.sheet),
        heading_row: set(reading?.heading_row),
        first_row: set(reading?.first_row),
        encoding: set(reading?.encoding),
        delimiter: set(reading?.delimiter),
        hidden_rows: reading?.hidden_rows,
    };
}

const same = (one: string, other: string) => folded(one).trim() === folded(other).trim();

/** A change of constants as a JSON Merge Patch: those that are gone are taken away. */
export function constantsPatch(before: Record<string, string>, after: Record<string, string>): Record<string, string | null> {
    const gone = Object.keys(before).filter((field) => !(field in after));
    return { ...Object.fromEntries(gone.map((field) => [field, null])), ...after };
}

/** A short code out of a name: `Órdenes de trabajo – El Porvenir` is `ordenes-de-trabajo-el-porvenir`. */
export function codeOf(name: string): string {
    return folded(name)
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "")
        .slice(0, 60);
}

/** The pattern of names that files like this one have: what changes from day to day is left open. */
export function patternOf(fileName: string): string {
    const dot = fileName.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [fileName.slice(0, dot), fileName.slice(dot)] : [fileName, ""];
    const begin = stem.split(/[\d(*{]/)[0]?.replace(/[\s_\-.(]+(v|ver|de)?$/i, "") ?? "";
    return begin ? `${begin}*${ending}` : `*${ending}`;
}

const DATE_PARTS: Record<string, string> = { yyyy: "\\d{4}", yy: "\\d{2}", MM: "\\d{2}", dd: "\\d{2}", HH: "\\d{2}", mm: "\\d{2}", ss: "\\d{2}" };

/** Whether a name fits a pattern of `*`, `{n}` and `{fecha:yyyyMMdd}`, as the server reads it; none for a pattern that it would not read. */
export function fits(pattern: string, name: string): boolean | undefined {
    let source = "";
    let rest = pattern;
    while (rest) {
        const braced = /^\{([^{}]*)\}/.exec(rest);
        if (braced) {
            const inner = braced[1] ?? "";
            const date = /^[^:]+:(.+)$/.exec(inner)?.[1];
            if (inner === "n") source += "\\d+";
            else if (date) source += date.replace(/yyyy|yy|MM|dd|HH|mm|ss|[.*+?^${}()|[\]\\]/g, (part) => DATE_PARTS[part] ?? `\\${part}`);
            else return undefined;
            rest = rest.slice(braced[0].length);
        } else {
            const sign = rest[0] ?? "";
            if (sign === "{" || sign === "}") return undefined;
            source += sign === "*" ? ".*" : sign.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
            rest = rest.slice(1);
        }
    }
    return new RegExp(`^${source}$`, "i").test(name.normalize("NFC"));
}

export type Grouped = { cell: string; heading?: string; message: string; rows: number };

/** Faults that say the same, once, with the cell that came first. */
export function grouped(faults: readonly { row: number; column?: string | null; heading?: string | null; message: string }[]): Grouped[] {
    const groups = new Map<string, Grouped>();
    for (const fault of faults) {
        const key = `${fault.column ?? ""}|${fault.message}`;
        const known = groups.get(key);
        if (known) known.rows += 1;
        else groups.set(key, { cell: cellOf(fault), heading: fault.heading ?? undefined, message: fault.message, rows: 1 });
    }
    return [...groups.values()];
}

/** `E17`; the row alone where no column is at fault. */
export const cellOf = ({ row, column }: { row: number; column?: string | null }): string => `${column ?? ""}${row}`;

/** How quickly it goes, and how long it still takes. */
export function pace(done: number, rows: number, seconds: number): { perSecond: number; secondsLeft: number } | undefined {
    if (done <= 0 || seconds <= 0) return undefined;
    const perSecond = done / seconds;
    return { perSecond, secondsLeft: Math.max(0, (rows - done) / perSecond) };
}

/** Whether files of this pattern are text rather than workbooks. */
export const isText = (pattern: string | null | undefined): boolean => /\.(csv|txt|tsv)$/i.test(pattern ?? "");

/** What stands in a sample's name for a part of a date. */
const SAMPLE_PARTS: Record<string, string> = { yyyy: "2030", yy: "30", MM: "01", dd: "15", HH: "08", mm: "00", ss: "00" };

/** The name of a sample that the pattern takes, as far as its ending allows. */
export function sampleName(pattern: string | null | undefined): string {
    const braced = (inner: string) => (inner === "n" ? "1" : (/^[^:]+:(.+)$/.exec(inner)?.[1] ?? "").replace(/yyyy|yy|MM|dd|HH|mm|ss/g, (part) => SAMPLE_PARTS[part] ?? part));
    const stem = (pattern ?? "*").replace(/\.[^.*{}]*$/, "").replace(/\{([^{}]*)\}/g, (_, inner: string) => braced(inner)).replace(/([\s_\-.]?)\*/g, (_, before: string) => `${before || "_"}ejemplo`).replace(/^_/, "");
    return `${stem || "ejemplo"}.${isText(pattern) ? "csv" : "xlsx"}`;
}
