// A channel as its form holds it, without a screen.
import type { Body } from "~/app/changes";
import { codeOf } from "~/app/words";
import { type To, toBody, toOf } from "../intercambio/destination";
import type { Channel } from "./queries";

export type ChannelDraft = {
    code: string;
    name: string;
    /** By which way it delivers; it stays as it was made. */
    way: "http" | "folder" | "mail";
    url: string;
    to: To;
    /** To whom mail goes: addresses with blanks, commas or new lines between. */
    recipients: string;
    /** Of the files in a folder or attached to a mail; empty for the one that is proposed. */
    fileName: string;
    document: "campo" | "office_track";
    zone: string;
    /** The number of each kind of entry; empty for one that is not sent. */
    types: Record<string, string>;
    files: "data" | "links" | "none";
    formField: string;
    /** Empty where any status from 200 to 299 says that it was taken. */
    acknowledged: string;
    all: boolean;
    events: string[];
    order: "per_task" | "strict" | "none";
};

/** What receivers that were written for OfficeTrack expect. */
export const USUAL_TYPES: Record<string, string> = { "shift.start": "21", "shift.end": "22", "task.start": "23", "task.end": "24", "task.acknowledge": "25", "task.close": "26", "task.not_done": "29", "form.task": "33", "task.en_route": "34", form: "60" };

/** The order in which the kinds of entries are shown; those of the channel that are not here stand behind them. */
export const TYPE_ORDER = ["shift.start", "shift.end", "break.start", "break.end", "task.acknowledge", "task.en_route", "task.arrive", "task.start", "task.suspend", "task.end", "task.close", "task.not_done", "task.decline", "form", "form.task", "photo", "message"];

export function channelDraft(channel?: Channel): ChannelDraft {
    const document = channel?.document;
    const settings = document?.kind === "office_track" ? document : undefined;
    const acknowledgement = channel?.acknowledgement;
    return {
        code: channel?.code ?? "",
        name: channel?.name ?? "",
        way: channel?.kind ?? "http",
        url: channel?.url ?? "",
        to: toOf(channel?.folder),
        recipients: channel?.mail?.recipients?.join("\n") ?? "",
        fileName: channel?.folder?.file_name ?? channel?.mail?.file_name ?? "",
        document: document?.kind ?? "campo",
        zone: settings?.zone ?? "",
        types: settings ? Object.fromEntries(Object.entries(settings.entry_types ?? {}).map(([kind, number]) => [kind, String(number)])) : { ...USUAL_TYPES },
        files: settings?.files ?? "data",
        formField: channel?.form_field ?? "",
        acknowledged: acknowledgement?.kind === "text" ? acknowledgement.text : "",
        all: !channel?.events?.length,
        events: channel?.events ?? [],
        order: channel?.order ?? "per_task",
    };
}

/** Another document wants other manners: those that its receivers expect are proposed. */
export function withDocument(draft: ChannelDraft, document: ChannelDraft["document"]): ChannelDraft {
    if (document === draft.document) return draft;
    if (document === "office_track") return { ...draft, document, formField: draft.formField || "RequestString", acknowledged: draft.acknowledged || "_OK_", all: false, events: ["entry.complete"] };
    return { ...draft, document, formField: "", acknowledged: "", all: true, events: [] };
}

/** The name of the files that is proposed while none is written: one of each event. */
export const proposedName = ({ document }: Pick<ChannelDraft, "document">): string => (document === "office_track" ? "{EntryGuid}.xml" : "{fecha:yyyyMMdd}_{n}.json");

const numberOf = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim());

export function channelBody(draft: ChannelDraft): Body {
    const entry_types = Object.fromEntries(
        Object.entries(draft.types)
            .filter(([, number]) => number.trim() !== "")
            .map(([kind, number]) => [kind, numberOf(number)]),
    );
    return {
        code: draft.code.trim() || codeOf(draft.name),
        name: draft.name.trim(),
        ...bodies[draft.way](draft),
        document: draft.document === "campo" ? { kind: "campo" } : { kind: "office_track", ...(draft.zone ? { zone: draft.zone } : {}), entry_types, files: draft.files },
        events: draft.all ? [] : [...draft.events].sort(),
        order: draft.order,
    };
}

const folderBody = (draft: ChannelDraft): Body => ({ kind: "folder", url: "", folder: { ...toBody(draft.to), file_name: draft.fileName.trim() || proposedName(draft) } });

const mailBody = (draft: ChannelDraft): Body => ({
    kind: "mail",
    url: "",
    mail: { recipients: [...new Set(draft.recipients.split(/[\s,;]+/).filter(Boolean))].sort(), file_name: draft.fileName.trim() || proposedName(draft) },
});

const httpBody = (draft: ChannelDraft): Body => ({
    kind: "http",
    url: draft.url.trim(),
    ...(draft.formField.trim() ? { form_field: draft.formField.trim() } : {}),
    acknowledgement: draft.acknowledged.trim() ? { kind: "text", text: draft.acknowledged.trim() } : { kind: "status" },
});

const bodies = { http: httpBody, folder: folderBody, mail: mailBody };

/** A change that sends a channel elsewhere takes its headers away: their values were given for where it sent before. */
export function withHeaders(changes: Body, channel: Channel): Body {
    if (typeof changes.url !== "string" || channel.headers.length === 0 || !moves(channel.url, changes.url)) return changes;
    return { ...changes, headers: {} };
}

export function moves(from: string, to: string): boolean {
    try {
        return new URL(from).origin !== new URL(to).origin;
    } catch {
        return true;
    }
}
