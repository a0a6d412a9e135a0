// What the pages of forms, task types and look-up tables ask before they are shown. What they write is in `writes.ts`.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage } from "~/api/client";

export type TaskType = Schemas["KeptTaskType"];
export type Form = Schemas["KeptFormDefinition"];
export type FormField = Schemas["FormField"];
/** An item of a look-up table. */
export type Item = Schemas["KeptCatalogueItem"];

const whole = (after: string | undefined) => ({ params: { query: { after, limit: 500 } } });
export const at = (reference: string) => ({ path: { reference } });

export const typesQuery = () => queryOptions({ queryKey: ["definitions", "types"], queryFn: () => everyPage<TaskType>((after) => answer(api.GET("/v1/task-types", whole(after)))) });

export const formsQuery = () => queryOptions({ queryKey: ["definitions", "forms"], queryFn: () => everyPage<Form>((after) => answer(api.GET("/v1/forms", whole(after)))) });
export const formQuery = (id: string) => queryOptions({ queryKey: ["definitions", "form", id], queryFn: () => oneForm(id) });
export const oneForm = (id: string) => answer(api.GET("/v1/forms/{reference}", { params: at(id) }));

/** The items of a table, or of all; page by page, since a table may be long. */
export const itemsQuery = (table?: string, q?: string) =>
    infiniteQueryOptions({
        queryKey: ["definitions", "items", "list", table, q],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/catalogue-items", { params: { query: { table, q, after: pageParam, limit: 500 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });
