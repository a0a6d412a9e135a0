import { expect, test } from "vitest";
import { changesBetween } from "~/app/changes";
import { channelBody, channelDraft, withDocument, withHeaders } from "./draft";
import type { Channel } from "./queries";

const channel = { code: "erp", name: "ERP", url: "https://erp.example.com/a", headers: ["x-api-key"], events: ["entry.complete"], document: { kind: "office_track", zone: "America/Lima", entry_types: { form: 60, photo: 40 }, files: "none" }, form_field: "RequestString", acknowledgement: { kind: "text", text: "_OK_" }, order: "strict" } as unknown as Channel;

test("a channel that was not touched changes nothing", () => {
    expect(changesBetween(channelBody(channelDraft(channel)), channelBody(channelDraft(channel)))).toEqual({});
});

test("a kind of entry that is emptied is taken away, since a merge patch would keep it", () => {
    const draft = channelDraft(channel);
    expect(changesBetween(channelBody(draft), channelBody({ ...draft, types: { ...draft.types, photo: " " } }))).toEqual({ document: { entry_types: { photo: null } } });
});

test("the other document brings what its receivers expect, and takes it away again", () => {
    const made = withDocument({ ...channelDraft(), name: "Sistema viejo", url: "https://a.example" }, "office_track");
    expect(channelBody(made)).toMatchObject({ code: "sistema-viejo", form_field: "RequestString", acknowledgement: { kind: "text", text: "_OK_" }, events: ["entry.complete"], document: { kind: "office_track", files: "data" } });
    expect(channelBody(withDocument(made, "campo"))).toEqual({ code: "sistema-viejo", name: "Sistema viejo", kind: "http", url: "https://a.example", document: { kind: "campo" }, acknowledgement: { kind: "status" }, events: [], order: "per_task" });
});

test("headers go along on the same server alone", () => {
    expect(withHeaders({ url: "https://erp.example.com/b" }, channel)).toEqual({ url: "https://erp.example.com/b" });
    expect(withHeaders({ url: "https://other.example.com/b" }, channel)).toEqual({ url: "https://other.example.com/b", headers: {} });
    expect(withHeaders({ name: "x" }, channel)).toEqual({ name: "x" });
});

test("a channel to a folder names its files by the event, and sends nothing of an address", () => {
    const made = withDocument({ ...channelDraft(), name: "Eventos", way: "folder" as const, to: { key: "k1", remote: "", agent: "", folder: " eventos " } }, "office_track");
    const body = channelBody(made);
    expect(body).toMatchObject({ kind: "folder", url: "", folder: { key: "k1", folder: "eventos", file_name: "{EntryGuid}.xml" } });
    expect(body).not.toHaveProperty("form_field");
    expect(body).not.toHaveProperty("acknowledgement");
    expect(channelBody(withDocument(made, "campo"))).toMatchObject({ folder: { file_name: "{fecha:yyyyMMdd}_{n}.json" } });
});

test("a channel by mail takes addresses as people write them", () => {
    const made = withDocument({ ...channelDraft(), name: "Correo", way: "mail" as const, recipients: "eva@example.com, ana@example.com\n eva@example.com;" }, "office_track");
    const body = channelBody(made);
    expect(body).toMatchObject({ kind: "mail", url: "", mail: { recipients: ["ana@example.com", "eva@example.com"], file_name: "{EntryGuid}.xml" } });
    expect(body).not.toHaveProperty("acknowledgement");
});

test("a channel that goes to another place says so of the old one", () => {
    const draft = { ...channelDraft(), way: "folder" as const, to: { key: "k1", remote: "", agent: "", folder: "" } };
    expect(changesBetween(channelBody(draft), channelBody({ ...draft, to: { ...draft.to, key: "", agent: "a1" } }))).toEqual({ folder: { key: null, agent: "a1" } });
});
