// What the pages of web services ask the server.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, idempotencyKey, ifMatch } from "~/api/client";

export type Key = Schemas["Key"];
export type Call = Schemas["CallShown"];
export type CallFilter = { clave?: string; q?: string; metodo?: string; codigo?: string; fallidas?: boolean; desde?: string; hasta?: string; solicitud?: string };

export const keysQuery = () =>
    queryOptions({
        queryKey: ["keys", "all"],
        queryFn: ({ signal }) => everyPage<Key>((after) => answer(api.GET("/v1/keys", { params: { query: { after, limit: 500 } }, signal }))),
    });

/** `from` and `until` are instants. */
export const callsQuery = (filter: CallFilter & { from?: string; until?: string }) =>
    infiniteQueryOptions({
        queryKey: ["calls", "list", filter],
        queryFn: ({ pageParam, signal }) =>
            answer(
                api.GET("/v1/calls", {
                    params: { query: { key: filter.clave, q: filter.q, method: filter.metodo, code: filter.codigo, failed: filter.fallidas, request_id: filter.solicitud, from: filter.from, until: filter.until, after: pageParam, limit: 100 } },
                    signal,
                }),
            ),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

export const callQuery = (call: string) => queryOptions({ queryKey: ["calls", "one", call], queryFn: ({ signal }) => answer(api.GET("/v1/calls/{call}", { params: { path: { call } }, signal })), staleTime: Number.POSITIVE_INFINITY });

const at = (key: string) => ({ path: { key } });

export const makeKey = (body: unknown, once = idempotencyKey()) => answer(api.POST("/v1/keys", { params: { header: once }, body: body as never }));
export const oneKey = (key: string) => answer(api.GET("/v1/keys/{key}", { params: at(key) }));
export const changeKey = (key: string, changes: unknown, version: number) => answer(api.PATCH("/v1/keys/{key}", { params: { ...at(key), header: ifMatch(version) }, body: changes as never, headers: { "Content-Type": "application/merge-patch+json" } }));
export const removeKey = (key: string, version: number) => answer(api.DELETE("/v1/keys/{key}", { params: { ...at(key), header: ifMatch(version) } }));
export const rotateKey = (key: string, overlap_hours: number) => answer(api.POST("/v1/keys/{key}/rotate", { params: at(key), body: { overlap_hours } }));
export const setPassword = (key: string, body: { login: string; password?: string }) => answer(api.PUT("/v1/keys/{key}/password", { params: at(key), body }));
export const removePassword = (key: string) => answer(api.DELETE("/v1/keys/{key}/password", { params: at(key) }));
