// What the pages of the import ask the server. The first word of a key is the topic of the live stream that changes it;
// templates and intakes are asked by the pages of file exchange, too, by the same keys.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, ifMatch } from "~/api/client";
import { Refusal } from "~/api/problem";
import { language } from "~/app/language";
import { queries } from "~/app/queries";

type Shown = Schemas["ImportDraft"];
/** A draft; what was found out of its file is there once the file is, and can be read. */
export type Draft = Exclude<Shown, null> & Partial<Schemas["ImportDraftFound"]>;
export type DraftColumn = Schemas["ImportDraftColumn"];
export type Mapped = Schemas["ImportColumn"];
export type Question = Schemas["ImportQuestion"];
export type Field = Schemas["ImportField"];
export type Makes = Schemas["ImportMakes"];
export type Preview = Schemas["ImportDraftPreview"];
export type Template = Schemas["ImportTemplate"];
export type Intake = Schemas["Intake"];
export type TemplateVersion = Schemas["ImportTemplateVersion"];
export type DraftPatch = Record<string, unknown>;

const PAGE = 500;

export const draftQuery = (id: string) =>
    queryOptions({ queryKey: ["imports", "draft", id], queryFn: async ({ signal }) => (await answer(api.GET("/v1/imports/drafts/{draft}", { params: { path: { draft: id } }, signal }))) as Draft });

export const draftsQuery = () =>
    infiniteQueryOptions({
        queryKey: ["imports", "drafts"],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/imports/drafts", { params: { query: { after: pageParam, limit: 50 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

/** The fields in the page's language, so that the language is a part of the key. */
export const fieldsQuery = (makes: Makes) =>
    queryOptions({ queryKey: ["import-fields", makes, language()], queryFn: async ({ signal }) => (await answer(api.GET("/v1/imports/fields", { params: { query: { makes } }, signal }))).items, staleTime: Infinity });

/** The last versions of a template. Another version is another page, since nothing of one changes. */
export const versionsQuery = (template: Template) =>
    queryOptions({
        queryKey: ["templates", template.id, "versions", template.version],
        queryFn: async ({ signal }) => (await answer(api.GET("/v1/import-templates/{template}/versions", { params: { path: { template: template.id }, query: { limit: 20 } }, signal }))).items,
    });

/** None where none was begun. */
export const previewQuery = (id: string) =>
    queryOptions({
        queryKey: ["imports", "preview", id],
        queryFn: async ({ signal }): Promise<Preview | null> => {
            try {
                return await answer(api.GET("/v1/imports/drafts/{draft}/preview", { params: { path: { draft: id } }, signal }));
            } catch (error) {
                if (error instanceof Refusal && error.problem.status === 404) return null;
                throw error;
            }
        },
    });

export const templatesQuery = () =>
    queryOptions({ queryKey: ["templates", "all"], queryFn: ({ signal }) => everyPage<Template>((after) => answer(api.GET("/v1/import-templates", { params: { query: { after, limit: PAGE } }, signal }))) });

export const intakesQuery = () =>
    queryOptions({ queryKey: ["intakes", "all"], queryFn: ({ signal }) => everyPage<Intake>((after) => answer(api.GET("/v1/intakes", { params: { query: { after, limit: PAGE } }, signal }))) });

/** Changes a draft from what it is now; the answer stands in its place. */
export async function changeDraft(id: string, patch: DraftPatch): Promise<Draft> {
    const now = await queries.ensureQueryData(draftQuery(id));
    const changed = (await answer(api.PATCH("/v1/imports/drafts/{draft}", { params: { path: { draft: id }, header: ifMatch(now.version) }, body: patch as never }))) as Draft;
    queries.setQueryData(draftQuery(id).queryKey, changed);
    // What was tried is not what stands any more.
    queries.setQueryData(previewQuery(id).queryKey, (tried) => tried && { ...tried, is_current: false });
    return changed;
}

/** A file larger than this goes up part by part, and goes on where it was cut. */
const WHOLE = 4 * 1024 * 1024;

export type Upload = { file: Blob; name: string; makes?: Makes; template?: string; onPart?: (received: number) => void };

/** Sends a file once; what comes back is its draft. */
export async function upload({ file, name, makes, template, onPart }: Upload): Promise<Draft> {
    const told = { file_name: name.slice(0, 200), ...(makes && { makes }), ...(template && { template }) };
    if (file.size <= WHOLE) {
        const asked = api.POST("/v1/imports/drafts", { params: { query: told as never }, body: file as never, bodySerializer: (body: unknown) => body as Blob, headers: { "Content-Type": "application/octet-stream" } });
        return (await answer(asked)) as Draft;
    }
    const begun = (await answer(api.POST("/v1/imports/drafts", { body: { ...told, size_bytes: file.size } as never }))) as Draft;
    return uploadRest(begun, file, onPart);
}

/** The draft of a file that came by file exchange: the same one as long as it lives. */
export async function openReceived(file: string): Promise<Draft> {
    const draft = (await answer(api.POST("/v1/received-files/{file}/draft", { params: { path: { file } } }))) as Draft;
    queries.setQueryData(draftQuery(draft.id).queryKey, draft);
    return draft;
}

/** Sends what is missing of a file that was announced. */
export async function uploadRest(begun: Draft, file: Blob, onPart?: (received: number) => void): Promise<Draft> {
    let draft = begun;
    for (let first = begun.file.received_bytes; first < file.size; first = draft.file.received_bytes) {
        const part = file.slice(first, Math.min(first + WHOLE, file.size));
        const range = `bytes ${first}-${first + part.size - 1}/${file.size}`;
        const asked = api.PUT("/v1/imports/drafts/{draft}/content", {
            params: { path: { draft: begun.id }, header: { "Content-Range": range } },
            body: part as never,
            bodySerializer: (body: unknown) => body as Blob,
            headers: { "Content-Type": "application/octet-stream" },
        });
        draft = (await answer(asked)) as Draft;
        onPart?.(draft.file.received_bytes);
    }
    return draft;
}
