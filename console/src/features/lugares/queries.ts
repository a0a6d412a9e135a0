// What the page of places asks the server.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Schemas, answer, api, everyPage, ifMatch } from "~/api/client";

export type Poi = Schemas["KeptPoi"];

export const poisQuery = ({ q, padre }: { q?: string; padre?: string }) =>
    infiniteQueryOptions({
        queryKey: ["pois", "list", q, padre],
        queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/pois", { params: { query: { q, parent: padre, after: pageParam, limit: 200 } }, signal })),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (page) => page.next ?? undefined,
    });

export const poiQuery = (id: string) => queryOptions({ queryKey: ["pois", "one", id], queryFn: ({ signal }) => answer(api.GET("/v1/pois/{reference}", { params: { path: { reference: id } }, signal })) });

export const poiTasksQuery = (id: string) =>
    queryOptions({ queryKey: ["tasks", "of-poi", id], queryFn: async ({ signal }) => (await answer(api.GET("/v1/tasks", { params: { query: { poi: id, limit: 20 } }, signal }))).items });

export const employeesQuery = () =>
    queryOptions({
        queryKey: ["employees", "all"],
        queryFn: ({ signal }) => everyPage<Schemas["KeptEmployee"]>((after) => answer(api.GET("/v1/employees", { params: { query: { after, limit: 500 } }, signal }))),
        staleTime: 300_000,
    });

export const groupsQuery = () =>
    queryOptions({
        queryKey: ["groups", "all"],
        queryFn: ({ signal }) => everyPage<Schemas["KeptGroup"]>((after) => answer(api.GET("/v1/groups", { params: { query: { after, limit: 500 } }, signal }))),
        staleTime: 300_000,
    });

const poiAt = (reference: string) => ({ path: { reference } });
export const onePoi = (id: string) => answer(api.GET("/v1/pois/{reference}", { params: poiAt(id) }));
export const changePoi = (id: string, changes: unknown, version: number) => answer(api.PATCH("/v1/pois/{reference}", { params: { ...poiAt(id), header: ifMatch(version) }, body: changes as never }));
export const removePoi = (id: string, version: number) => answer(api.DELETE("/v1/pois/{reference}", { params: { ...poiAt(id), header: ifMatch(version) } }));
