// An export as its form holds it, without a screen.
import type { Body } from "~/app/changes";
import { codeOf } from "~/app/words";
import { type To, toBody, toOf } from "./destination";
import type { Export } from "./queries";
import { readSchedule, type Schedule, writeSchedule } from "./schedule";

export type Column = { heading: string; field: string; format: string };
export type ExportDraft = To & {
    code: string;
    name: string;
    what: Export["what"];
    format: NonNullable<Export["format"]>;
    days: NonNullable<Export["days"]>;
    photos: boolean;
    allColumns: boolean;
    columns: Column[];
    kinds: string[];
    form: string;
    statuses: string[];
    fileName: string;
    schedule: Schedule;
    emptyFiles: boolean;
    enabled: boolean;
};

export const exportDraft = (one?: Export): ExportDraft => ({
    code: one?.code ?? "",
    name: one?.name ?? "",
    what: one?.what ?? "tasks",
    format: one?.format ?? "xlsx",
    days: one?.days ?? "yesterday",
    photos: one?.photos ?? false,
    allColumns: !one?.columns?.length,
    columns: (one?.columns ?? []).map(({ heading, field, format }) => ({ heading, field, format: format ?? "" })),
    kinds: one?.kinds ?? [],
    form: one?.form ?? "",
    statuses: one?.statuses ?? [],
    fileName: one?.file_name ?? "",
    ...toOf(one),
    schedule: readSchedule(one?.schedule),
    emptyFiles: one?.empty_files ?? false,
    enabled: one?.state !== "disabled",
});

/** The name that is proposed while none is written. */
export const proposedName = ({ name, format }: Pick<ExportDraft, "name" | "format">): string => (format === "office_track" ? "{EntryGuid}.xml" : `${(codeOf(name) || "campo").toUpperCase()}_{fecha:yyyyMMdd}_{n}.${format}`);

export function exportBody(draft: ExportDraft): Body {
    const schedule = writeSchedule(draft.schedule);
    return {
        code: draft.code.trim() || codeOf(draft.name),
        name: draft.name.trim(),
        what: draft.what,
        format: draft.format,
        ...(draft.what === "timesheets" ? { days: draft.days } : {}),
        ...(draft.what === "entries" && draft.photos && draft.format !== "office_track" ? { photos: true } : {}),
        columns: draft.allColumns || draft.format === "office_track" ? [] : draft.columns.map(({ heading, field, format }) => ({ heading: heading.trim(), field, ...(format.trim() ? { format: format.trim() } : {}) })),
        kinds: draft.what === "entries" ? [...draft.kinds].sort() : [],
        ...(draft.what === "entries" && draft.form ? { form: draft.form } : {}),
        statuses: draft.what === "tasks" ? [...draft.statuses].sort() : [],
        file_name: draft.fileName.trim() || proposedName(draft),
        ...toBody(draft),
        ...(schedule === undefined ? {} : { schedule }),
        empty_files: draft.emptyFiles,
        state: draft.enabled ? "enabled" : "disabled",
    };
}
