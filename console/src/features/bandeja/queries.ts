// What waits for a person.
import { queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage } from "~/api/client";
import { may } from "~/app/session";

export type Notice = Schemas["Notice"];
export type Task = Schemas["TaskShown"];
export type Entry = Schemas["EntryShown"];
export type Channel = Schemas["Channel"];

export const noticesQuery = (done: boolean) =>
    queryOptions({
        queryKey: ["notices", done],
        queryFn: async ({ signal }) => (await answer(api.GET("/v1/notices", { params: { query: { done, limit: 200 } }, signal }))).items,
    });

export const attentionQuery = () =>
    queryOptions({
        queryKey: ["tasks", "attention"],
        queryFn: ({ signal }) => everyPage<Task>((after) => answer(api.GET("/v1/tasks", { params: { query: { attention: true, after, limit: 500 } }, signal }))),
    });

export const setAsideQuery = () =>
    queryOptions({
        queryKey: ["set-aside", "all"],
        queryFn: ({ signal }) => everyPage<Entry>((after) => answer(api.GET("/v1/set-aside", { params: { query: { after, limit: 500 } }, signal }))),
    });

export const disabledQuery = () =>
    queryOptions({
        queryKey: ["channels", "disabled"],
        queryFn: async ({ signal }) => (await everyPage<Channel>((after) => answer(api.GET("/v1/channels", { params: { query: { after, limit: 500 } }, signal })))).filter(({ state }) => state === "disabled"),
    });

/** How much waits, of what the viewer may see. */
export const countQuery = () =>
    queryOptions({
        queryKey: ["notices", "count"],
        queryFn: async ({ signal }) => {
            const [notices, tasks, entries, channels] = await Promise.all([
                answer(api.GET("/v1/notices", { params: { query: { done: false, limit: 200 } }, signal })).then(({ items }) => items.length),
                may("view_tasks") ? answer(api.GET("/v1/tasks", { params: { query: { attention: true, limit: 200 } }, signal })).then(({ items }) => items.length) : 0,
                may("view_entries") ? answer(api.GET("/v1/set-aside", { params: { query: { limit: 200 } }, signal })).then(({ items }) => items.length) : 0,
                may("manage_channels") ? answer(api.GET("/v1/channels", { params: { query: { limit: 500 } }, signal })).then(({ items }) => items.filter(({ state }) => state === "disabled").length) : 0,
            ]);
            return notices + tasks + entries + channels;
        },
        staleTime: 60_000,
        refetchInterval: 300_000,
    });
