// What the pages of working time ask the server.
import { queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage } from "~/api/client";
import type { Timesheet } from "./model";
import { save } from "~/app/save";

export const timesheetsQuery = (from: string, to: string, group?: string) =>
    queryOptions({
        queryKey: ["timesheets", "all", from, to, group ?? ""],
        queryFn: ({ signal }) => everyPage<Timesheet>((after) => answer(api.GET("/v1/timesheets", { params: { query: { from, to, group, after, limit: 100 } }, signal }))),
    });

export const entryQuery = (id: string) =>
    queryOptions({
        queryKey: ["entries", "one", id],
        queryFn: ({ signal }) => answer(api.GET("/v1/entries/{id}", { params: { path: { id } }, signal })),
        staleTime: 300_000,
    });

export const receiptQuery = (id: string) =>
    queryOptions({
        queryKey: ["entries", "receipt", id],
        queryFn: ({ signal }) => answer(api.GET("/v1/entries/{id}/receipt", { params: { path: { id } }, signal })),
        staleTime: 300_000,
    });

export const closingsQuery = () =>
    queryOptions({
        queryKey: ["entries", "closings"],
        queryFn: async ({ signal }) => {
            const of = (kind: string) => everyPage<Schemas["EntryShown"]>((after) => answer(api.GET("/v1/entries", { params: { query: { kind, after, limit: 500 } }, signal })));
            const [closed, reopened] = await Promise.all([of("period.closed"), of("period.reopened")]);
            return [...closed, ...reopened].sort((a, b) => b.position - a.position);
        },
    });

/** Saves what the server writes as a file: csv as text, xlsx as bytes. */
export async function download(format: "csv" | "xlsx", from: string, to: string, group?: string): Promise<void> {
    const query = { from, to, group };
    const file = format === "csv" ? await answer(api.GET("/v1/timesheets.csv", { params: { query }, parseAs: "blob" })) : await answer(api.GET("/v1/timesheets.xlsx", { params: { query }, parseAs: "blob" }));
    save(file as unknown as Blob, `jornadas-${from}-${to}.${format}`);
}
